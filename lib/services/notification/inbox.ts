import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { InboxDto } from '#lib/domain/notification/inbox.ts';
import { countUnread, listInbox, markRead } from '#lib/store/notification/notifications.ts';
import type { Call } from '../context.ts';
import { refuseReadOnlyToken, requirePerson } from '../require-role.ts';

export const GetInboxInput = z.object({
  unread: z.enum(['true', 'false']).default('false'),
  /** Id of a notification: returns older ones. */
  before: idSchema('notf').optional(),
  limit: z.coerce.number().int().min(0).max(200).default(50),
});
export type GetInboxInput = z.input<typeof GetInboxInput>;

/** The caller's own inbox, newest first, and the number of unread items. */
export async function getInbox({ ctx, input }: Call<GetInboxInput>): Promise<InboxDto> {
  const { userId } = requirePerson(ctx, 'viewer');
  const { unread, before = null, limit } = GetInboxInput.parse(input);
  const items = await listInbox(ctx.db, { userId, unreadOnly: unread === 'true', before, limit });
  return { unread: await countUnread(ctx.db, userId), items };
}

export const MarkReadInput = z.object({
  /** Null: all. */
  notificationIds: z.array(idSchema('notf')).min(1).max(500).nullable(),
});
export type MarkReadInput = z.input<typeof MarkReadInput>;

/** Marks notifications of the caller's own inbox as read. Writes no audit event, since it concerns nobody else. */
export async function markInboxRead({ ctx, input }: Call<MarkReadInput>): Promise<void> {
  const { userId } = requirePerson(ctx, 'viewer');
  refuseReadOnlyToken(ctx.actor);
  const { notificationIds } = MarkReadInput.parse(input);
  await markRead(ctx.db, userId, notificationIds, ctx.clock.now());
}
