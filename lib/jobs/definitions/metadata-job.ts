import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';

/**
 * Sampling or probing of one connection. `exclusive` with connection and kind as key: at most one of each kind is queued or runs. It is short and
 * anyone can start it again, so it is retried only once after the death of its worker.
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
