import { GetInboxInput, getInbox } from '#lib/services/notification/inbox.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getInboxOperation } from '#lib/web/api/operations/notifications.ts';
import { cursorOf, readCursor } from '#lib/web/api/page.ts';

export const GET = operationRoute(getInboxOperation, async (ctx, { query: { cursor, limit, ...filters } }) => {
  const size = Math.min(limit, 200);
  const before = cursor === undefined ? {} : { before: readCursor(cursor)[0] };
  const { items, unread } = await getInbox({ ctx, input: GetInboxInput.parse({ ...filters, ...before, limit: size }) });
  const last = items.at(-1);
  return { items, unread, nextCursor: items.length < size || last === undefined ? null : cursorOf([last.id]), limit: size };
});
