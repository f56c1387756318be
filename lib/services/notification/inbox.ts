import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { InboxDto } from '#lib/domain/notification/inbox.ts';
import { countUnread, listInbox, markRead } from '#lib/store/notification/notifications.ts';
import type { Call } from '../context.ts';
import { refuseReadOnlyToken, requirePerson } from '../require-role.ts';

export const GetInboxInput = z.object({
  unread: z.enum(['true', 'false']).default('false'),
  /** Id of a notification: those older than it. */
  before: idSchema('notf').optional(),
  limit: z.coerce.number().int().min(0).max(200).default(50),
});
export type GetInboxInput = z.input<typeof GetInboxInput>;

/** One's own inbox, the newest first, and how many are unread. */
export async function getInbox({ ctx, input }: Call<GetInboxInput>): Promise<InboxDto> {
  const { userId } = requirePerson(ctx, 'viewer');
  const { unread, before = null, limit } = GetInboxInput.parse(input);
  const items = await listInbox(ctx.db, { userId, unreadOnly: unread === 'true', before, limit });
  return { unread: await countUnread(ctx.db, userId), items };
}

export const MarkReadInput = z.object({
  /** Null: all of them. */
  notificationIds: z.array(idSchema('notf')).min(1).max(500).nullable(),
});
export type MarkReadInput = z.input<typeof MarkReadInput>;

/** Marks notifications of one's own inbox as read. No line of the audit trail: it is nobody else's matter. */
export async function markInboxRead({ ctx, input }: Call<MarkReadInput>): Promise<void> {
  const { userId } = requirePerson(ctx, 'viewer');
  refuseReadOnlyToken(ctx.actor);
  const { notificationIds } = MarkReadInput.parse(input);
  await markRead(ctx.db, userId, notificationIds, ctx.clock.now());
}
