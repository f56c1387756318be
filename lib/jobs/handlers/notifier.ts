import type { PgBoss } from 'pg-boss';
import type { Log } from '#lib/platform/log.ts';
import { checkConditions } from '#lib/services/notification/check-conditions.ts';
import { listDueDeliveries } from '#lib/store/notification/deliveries.ts';
import { checkNotificationsJob, deliverNotificationJob } from '../definitions/notifications.ts';
import { type DeliverDeps, deliverNotification } from './deliver-notification.ts';

/** Poll interval of the outbox, milliseconds. */
const OUTBOX_MS = 3000;
/** Maximum number of deliveries that are queued at once. */
const BATCH = 200;

/** Sends the outbox, and checks the conditions of rules. @returns stops polling the outbox; the owner of the queue stops the queue. */
export async function startNotifier(boss: PgBoss, deps: DeliverDeps & { readonly log: Log }): Promise<() => void> {
  await boss.createQueue(deliverNotificationJob.name, deliverNotificationJob.queue);
  await boss.work(deliverNotificationJob.name, deliverNotificationJob.work, async (jobs) => {
    for (const job of jobs) await deliverNotification(deps, deliverNotificationJob.payload.parse(job.data).deliveryId);
  });
  await boss.createQueue(checkNotificationsJob.name, checkNotificationsJob.queue);
  await boss.schedule(checkNotificationsJob.name, checkNotificationsJob.cron);
  await boss.work(checkNotificationsJob.name, checkNotificationsJob.work, () => checkConditions(deps));
  const timer = setInterval(() => {
    queueDue(boss, deps).catch((error: unknown) => deps.log.error({ err: error }, 'outbox'));
  }, OUTBOX_MS);
  return () => clearInterval(timer);
}

/** Queues a job for each due delivery; a delivery with a job is skipped. */
async function queueDue(boss: PgBoss, { db, clock }: DeliverDeps): Promise<void> {
  for (const deliveryId of await listDueDeliveries(db, clock.now(), BATCH)) {
    await boss.send(deliverNotificationJob.name, deliverNotificationJob.payload.parse({ deliveryId }), {
      singletonKey: deliveryId,
    });
  }
}
