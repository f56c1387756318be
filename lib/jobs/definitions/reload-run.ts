import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';

/**
 * One job per run. `exclusive` with the task's id as key: a task has at most one queued or running job. When a worker dies its
 * heartbeat stops and the job is retried (pg-boss's minimum is 10 s). `retryLimit` limits the number of retries, since a
 * run that kills its worker would also kill the next one. Failures with a problem never throw: they end the run.
 */
export const reloadRunJob = {
  name: 'reload-run',
  payload: z.object({ runId: idSchema('run') }),
  queue: {
    policy: 'exclusive',
    heartbeatSeconds: 10,
    /** The maximum of pg-boss. */
    expireInSeconds: 86_400,
    retryLimit: 5,
    retryDelay: 0,
    deleteAfterSeconds: 7 * 86_400,
    notify: true,
  },
  work: { heartbeatRefreshSeconds: 2, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 },
} as const;
