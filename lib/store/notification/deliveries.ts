import type { Id } from '#lib/domain/id.ts';
import { ChannelKind } from '#lib/domain/notification/channel.ts';
import { type DeliveryDto, DeliveryState, GIVE_UP_AFTER_MS } from '#lib/domain/notification/delivery.ts';
import { NotificationEvent, NotificationMessage, type OutgoingNotification } from '#lib/domain/notification/event.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** Deliveries that are due, oldest first. */
export async function listDueDeliveries(db: Db, now: Date, limit: number): Promise<string[]> {
  const rows = await db.notificationDelivery.findMany({
    where: { state: 'pending', nextAt: { lte: now }, OR: [{ claimedUntil: null }, { claimedUntil: { lte: now } }] },
    orderBy: { nextAt: 'asc' },
    take: limit,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** A delivery that this worker attempts. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly channelId: string;
  readonly channelEnabled: boolean;
  /** Starts at 1. */
  readonly attempt: number;
  readonly giveUpAt: Date;
  readonly notification: OutgoingNotification;
}

/** Claims a due delivery until `until`; null when it is not due any more or another worker claimed it. */
export async function claimDelivery(
  db: Db,
  id: string,
  { now, until }: { now: Date; until: Date },
): Promise<ClaimedDelivery | null> {
  const { count } = await db.notificationDelivery.updateMany({
    where: { id, state: 'pending', nextAt: { lte: now }, OR: [{ claimedUntil: null }, { claimedUntil: { lte: now } }] },
    data: { claimedUntil: until, attempts: { increment: 1 } },
  });
  if (count === 0) return null;
  const row = await db.notificationDelivery.findUnique({
    where: { id },
    include: { notification: true, channel: { select: { enabled: true } } },
  });
  if (row === null) return null;
  const { notification } = row;
  return {
    id,
    channelId: row.channelId,
    channelEnabled: row.channel.enabled,
    attempt: row.attempts,
    giveUpAt: row.giveUpAt,
    notification: {
      id: notification.id,
      event: NotificationEvent.parse(notification.event),
      at: notification.at,
      message: NotificationMessage.parse(notification.message),
    },
  };
}

export interface AttemptEnd {
  readonly attempt: number;
  readonly at: Date;
  readonly durationMs: number;
  readonly delivered: boolean;
  readonly answer: string;
  readonly state: DeliveryState;
  readonly nextAt: Date;
}

/** Stores the result of an attempt, unless a later attempt was started. */
export async function endAttempt(tx: Tx, deliveryId: string, end: AttemptEnd): Promise<void> {
  const { attempt, at, durationMs, delivered, answer, state, nextAt } = end;
  const { count } = await tx.notificationDelivery.updateMany({
    where: { id: deliveryId, attempts: attempt, state: 'pending' },
    data: { state, nextAt, claimedUntil: null, ...(state === 'pending' ? {} : { endedAt: at }) },
  });
  if (count === 0) return;
  await tx.notificationAttempt.create({
    data: { deliveryId, number: attempt, at, durationMs, delivered, answer },
    select: { deliveryId: true },
  });
}

/** Retries a delivery that was given up, for the full time again. False when it was not given up. */
export async function reviveDelivery(
  tx: Tx,
  id: string,
  { at, connectionIds }: { readonly at: Date } & Pick<DeliveryQuery, 'connectionIds'>,
): Promise<boolean> {
  const { count } = await tx.notificationDelivery.updateMany({
    where: { id, state: 'dead', ...openTo(connectionIds) },
    data: { state: 'pending', nextAt: at, endedAt: null, giveUpAt: new Date(at.getTime() + GIVE_UP_AFTER_MS) },
  });
  return count === 1;
}

/** Deliveries of no connection are everybody's. */
function openTo(connectionIds: DeliveryQuery['connectionIds']) {
  if (connectionIds === null) return {};
  return { notification: { OR: [{ connectionId: null }, { connectionId: { in: [...connectionIds] } }] } };
}

export interface DeliveryQuery {
  readonly state: DeliveryState | null;
  readonly channelId: string | null;
  /** Id of a delivery: returns those before it. */
  readonly before: string | null;
  readonly limit: number;
  /** Ids of connections; deliveries of other connections are left out. Null: all. */
  readonly connectionIds: readonly string[] | null;
}

/** Newest first, each with its attempts. */
export async function listDeliveryRows(
  db: Db,
  { state, channelId, before, limit, connectionIds }: DeliveryQuery,
): Promise<DeliveryDto[]> {
  const last =
    before === null ? null : await db.notificationDelivery.findUnique({ where: { id: before }, select: { createdAt: true } });
  const older =
    last === null || before === null
      ? {}
      : { OR: [{ createdAt: { lt: last.createdAt } }, { createdAt: last.createdAt, id: { lt: before } }] };
  const rows = await db.notificationDelivery.findMany({
    where: {
      ...(state === null ? {} : { state }),
      ...(channelId === null ? {} : { channelId }),
      ...openTo(connectionIds),
      ...older,
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
    include: {
      notification: { select: { event: true, message: true } },
      channel: { select: { name: true, kind: true } },
      log: { orderBy: { number: 'asc' } },
    },
  });
  return rows.map(({ id, notificationId, notification, channel, log, ...row }) => ({
    id: id as Id<'ndel'>,
    notificationId: notificationId as Id<'notf'>,
    event: notification.event,
    title: NotificationMessage.parse(notification.message).title,
    channelId: row.channelId as Id<'nchn'>,
    channelName: channel.name,
    channelKind: ChannelKind.parse(channel.kind),
    state: DeliveryState.parse(row.state),
    attempts: row.attempts,
    nextAt: row.state === 'pending' ? row.nextAt.toISOString() : null,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    log: log.map(({ number, at, durationMs, delivered, answer }) => ({
      ...{ number, durationMs, delivered, answer },
      at: at.toISOString(),
    })),
  }));
}
