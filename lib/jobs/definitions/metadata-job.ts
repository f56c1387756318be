import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';

/**
 * Sampling and probing of one connection. `exclusive` with connection and kind as key: one of each kind waits or runs. It is short and
 * can be started again by anybody, so a job whose worker dies comes back once only.
 */
export const metadataJob = {
  name: 'metadata-job',
  payload: z.object({ metadataJobId: idSchema('mjob') }),
  queue: {
    policy: 'exclusive',
    heartbeatSeconds: 10,
    expireInSeconds: 3600,
    retryLimit: 1,
    retryDelay: 0,
    deleteAfterSeconds: 86_400,
    notify: true,
  },
  work: { heartbeatRefreshSeconds: 2, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 },
} as const;
