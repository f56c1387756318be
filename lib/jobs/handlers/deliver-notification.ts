import type { MailAccess, SendOutcome } from '#lib/domain/notification/channel.ts';
import { retryDelayMs } from '#lib/domain/notification/delivery.ts';
import type { DeliveryConfig } from '#lib/notification/delivery-config.ts';
import { sendNotification } from '#lib/notification/send.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { openChannel } from '#lib/store/notification/channels.ts';
import { type ClaimedDelivery, claimDelivery, endAttempt } from '#lib/store/notification/deliveries.ts';
import { openMailSettings } from '#lib/store/notification/mail-settings.ts';

export interface DeliverDeps {
  readonly db: Db;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly delivery: DeliveryConfig;
  /** Public address of Entrada, without trailing slash. */
  readonly baseUrl: string;
}

/** Lease of a delivery, milliseconds; longer than any attempt. After it the worker counts as dead, and another one claims the delivery. */
const CLAIM_MS = 120_000;

/** Makes one attempt of a due delivery and stores the result. Does nothing when another worker has claimed it, or it has ended. */
export async function deliverNotification(deps: DeliverDeps, deliveryId: string): Promise<void> {
  const startedAt = deps.clock.now();
  const until = new Date(startedAt.getTime() + CLAIM_MS);
  const claimed = await claimDelivery(deps.db, deliveryId, { now: startedAt, until });
  if (claimed === null) return;
  const outcome = await attempt(deps, claimed, startedAt);
  const now = deps.clock.now();
  const isLast = now >= claimed.giveUpAt || !claimed.channelEnabled;
  await deps.db.$transaction((tx) =>
    endAttempt(tx, deliveryId, {
      ...outcome,
      attempt: claimed.attempt,
      at: startedAt,
      durationMs: now.getTime() - startedAt.getTime(),
      state: outcome.delivered ? 'delivered' : isLast ? 'dead' : 'pending',
      nextAt: new Date(now.getTime() + retryDelayMs(claimed.attempt, Math.random())),
    }),
  );
}

async function attempt(deps: DeliverDeps, claimed: ClaimedDelivery, at: Date): Promise<SendOutcome> {
  if (!claimed.channelEnabled) return { delivered: false, answer: 'The channel is switched off.' };
  const channel = await openChannel(deps.db, deps.ring, claimed.channelId);
  if (channel === null) return { delivered: false, answer: 'The channel was deleted.' };
  const mail: MailAccess | null = deps.delivery.mail ?? (await openMailSettings(deps.db, deps.ring));
  const { notification, id: deliveryId } = claimed;
  return sendNotification(deps.delivery, { deliveryId, channel, notification, mail, baseUrl: deps.baseUrl, at });
}
