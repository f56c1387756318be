import { markInboxRead } from '#lib/services/notification/inbox.ts';
import { operate } from '#lib/web/api/operation.ts';
import { markInboxReadOperation } from '#lib/web/api/operations/notifications.ts';

export const POST = operate(markInboxReadOperation, async (ctx, { body }) => {
  await markInboxRead({ ctx, input: body });
  return { read: true };
});
