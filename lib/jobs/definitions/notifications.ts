import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';

/**
 * One attempt to send one notification to one channel. `exclusive` with the delivery's id as key. Attempts after it are jobs of their own,
 * at the time that the delivery says, so that the outbox alone knows how far a delivery is: a lost job loses nothing.
 */
export const deliverNotificationJob = {
  name: 'deliver-notification',
  payload: z.object({ deliveryId: idSchema('ndel') }),
  queue: { policy: 'exclusive', expireInSeconds: 120, retryLimit: 0, deleteAfterSeconds: 600, notify: true },
  work: { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5, batchSize: 1, localConcurrency: 8 },
} as const;

/** Looks for what comes about without anything happening: credentials about to end, gateways away, silence. */
export const checkNotificationsJob = {
  name: 'check-notifications',
  cron: '* * * * *',
  queue: { policy: 'singleton', expireInSeconds: 300, retryLimit: 0, deleteAfterSeconds: 3600 },
  work: { pollingIntervalSeconds: 15 },
} as const;
