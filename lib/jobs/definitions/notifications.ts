import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';

/**
 * One attempt to send one notification to one channel. `exclusive` with the delivery's id as key. Later attempts are separate jobs
 * at the time stored in the delivery. The outbox has the only state of a delivery: a lost job loses nothing.
 */
export const deliverNotificationJob = {
  name: 'deliver-notification',
  payload: z.object({ deliveryId: idSchema('ndel') }),
  queue: { policy: 'exclusive', expireInSeconds: 120, retryLimit: 0, deleteAfterSeconds: 600, notify: true },
  work: { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5, batchSize: 1, localConcurrency: 8 },
} as const;

/** Checks conditions that arise by the passage of time: credentials that end, disconnected gateways, tasks that landed nothing. */
export const checkNotificationsJob = {
  name: 'check-notifications',
  cron: '* * * * *',
  queue: { policy: 'singleton', expireInSeconds: 300, retryLimit: 0, deleteAfterSeconds: 3600 },
  work: { pollingIntervalSeconds: 15 },
} as const;
