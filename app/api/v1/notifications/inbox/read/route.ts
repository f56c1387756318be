import { markInboxRead } from '#lib/services/notification/inbox.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { markInboxReadOperation } from '#lib/web/api/operations/notifications.ts';

export const POST = operationRoute(markInboxReadOperation, async (ctx, { body }) => {
  await markInboxRead({ ctx, input: body });
  return { read: true };
});
