import type { PgBoss } from 'pg-boss';
import type { Log } from '#lib/platform/log.ts';
import { checkConditions } from '#lib/services/notification/check-conditions.ts';
import { listDueDeliveries } from '#lib/store/notification/deliveries.ts';
import { checkNotificationsJob, deliverNotificationJob } from '../definitions/notifications.ts';
import { type DeliverDeps, deliverNotification } from './deliver-notification.ts';

/** How often the outbox is looked at, milliseconds. */
const OUTBOX_MS = 3000;
/** Deliveries that become jobs at a time. */
const BATCH = 200;

/** Sends what is in the outbox, and looks for conditions that rules name. @returns ends looking at the outbox; the queue is stopped by its owner. */
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

/** Makes a job of each delivery that is due; one that has a job already stays as it is. */
async function queueDue(boss: PgBoss, { db, clock }: DeliverDeps): Promise<void> {
  for (const deliveryId of await listDueDeliveries(db, clock.now(), BATCH)) {
    await boss.send(deliverNotificationJob.name, deliverNotificationJob.payload.parse({ deliveryId }), {
      singletonKey: deliveryId,
    });
  }
}
