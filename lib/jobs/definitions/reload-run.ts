import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';

/**
 * One job per run. `exclusive` with the task's id as key: a task has one job that waits or runs. A worker that dies stops its
 * heartbeat and the job comes back (pg-boss takes 10 s as the least); `retryLimit` bounds how many deaths a run survives, since a
 * run that kills its worker would kill the next one too. Failures that have words never throw: they end the run instead.
 */
export const reloadRunJob = {
  name: 'reload-run',
  payload: z.object({ runId: idSchema('run') }),
  queue: {
    policy: 'exclusive',
    heartbeatSeconds: 10,
    /** pg-boss's limit. */
    expireInSeconds: 86_400,
    retryLimit: 5,
    retryDelay: 0,
    deleteAfterSeconds: 7 * 86_400,
    notify: true,
  },
  work: { heartbeatRefreshSeconds: 2, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 },
} as const;
