import type { Id } from '#lib/domain/id.ts';
import { GIVE_UP_AFTER_MS } from '#lib/domain/notification/delivery.ts';
import { NotificationEvent, NotificationMessage } from '#lib/domain/notification/event.ts';
import type { InboxItemDto } from '#lib/domain/notification/inbox.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { listAudienceIds } from '../connection/connection-grants.ts';
import { toJson } from '../json.ts';

export interface NewNotification {
  /** Identifies the event: each event has one notification. */
  readonly key: string;
  readonly event: NotificationEvent;
  readonly at: Date;
  readonly message: NotificationMessage;
  readonly channelIds: readonly string[];
  /** Also in the inbox of everybody to whom the connection is open. */
  readonly inbox: boolean;
  /** What it happened to; null: no connection. */
  readonly connectionId?: string | null;
}

/** Stores the notification, its deliveries and its inbox items. Returns false and stores nothing when the event has a notification already. */
export async function insertNotification(
  tx: Tx,
  { key, event, at, message, channelIds, inbox, connectionId = null }: NewNotification,
): Promise<boolean> {
  const id = newId('notf');
  const row = { id, key, event, at, message: toJson(message), connectionId };
  const { count } = await tx.notification.createMany({ data: [row], skipDuplicates: true });
  if (count === 0) return false;
  const channels = await tx.notificationChannel.findMany({
    where: { id: { in: [...channelIds] }, enabled: true },
    select: { id: true },
  });
  const giveUpAt = new Date(at.getTime() + GIVE_UP_AFTER_MS);
  const data = channels.map((channel) => {
    return { id: newId('ndel'), notificationId: id, channelId: channel.id, nextAt: at, giveUpAt, createdAt: at };
  });
  await tx.notificationDelivery.createMany({ data });
  if (!inbox) return true;
  const people = await tx.user.findMany({ where: { disabled: false }, select: { id: true } });
  const audience = connectionId === null ? null : await listAudienceIds(tx, connectionId);
  const told = people.filter(({ id: person }) => audience?.has(person) ?? true);
  await tx.inboxItem.createMany({ data: told.map((person) => ({ notificationId: id, userId: person.id })) });
  return true;
}

export async function countUnread(db: Db, userId: string): Promise<number> {
  return db.inboxItem.count({ where: { userId, readAt: null } });
}

/** Newest first, before `before`. */
export async function listInbox(
  db: Db,
  { userId, unreadOnly, before, limit }: { userId: string; unreadOnly: boolean; before: string | null; limit: number },
): Promise<InboxItemDto[]> {
  const last = before === null ? null : await db.notification.findUnique({ where: { id: before }, select: { at: true } });
  const older = last === null || before === null ? {} : { OR: [{ at: { lt: last.at } }, { at: last.at, id: { lt: before } }] };
  const rows = await db.inboxItem.findMany({
    where: { userId, ...(unreadOnly ? { readAt: null } : {}), notification: older },
    orderBy: [{ notification: { at: 'desc' } }, { notificationId: 'desc' }],
    take: limit,
    select: { readAt: true, notification: { select: { id: true, event: true, at: true, message: true } } },
  });
  return rows.map(({ readAt, notification: { id, event, at, message } }) => ({
    ...NotificationMessage.parse(message),
    id: id as Id<'notf'>,
    event: NotificationEvent.parse(event),
    at: at.toISOString(),
    read: readAt !== null,
  }));
}

/** Marks inbox items of a person as read; `ids` null: all of them. */
export async function markRead(db: Db | Tx, userId: string, ids: readonly string[] | null, at: Date): Promise<void> {
  const those = ids === null ? {} : { notificationId: { in: [...ids] } };
  await db.inboxItem.updateMany({ where: { userId, readAt: null, ...those }, data: { readAt: at } });
}

/** Deletes notifications from before `before` whose deliveries have all ended. */
export async function deleteOldNotifications(db: Db, before: Date): Promise<void> {
  await db.notification.deleteMany({ where: { at: { lt: before }, deliveries: { none: { state: 'pending' } } } });
}
