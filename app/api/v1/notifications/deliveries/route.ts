import { ListDeliveriesInput, listDeliveries } from '#lib/services/notification/deliveries.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { listDeliveriesOperation } from '#lib/web/api/operations/notifications.ts';
import { cursorOf, readCursor } from '#lib/web/api/page.ts';

export const GET = operationRoute(listDeliveriesOperation, async (ctx, { query: { cursor, limit, ...filters } }) => {
  const size = Math.min(limit, 200);
  const before = cursor === undefined ? {} : { before: readCursor(cursor)[0] };
  const items = await listDeliveries({ ctx, input: ListDeliveriesInput.parse({ ...filters, ...before, limit: size }) });
  const last = items.at(-1);
  return { items, nextCursor: items.length < size || last === undefined ? null : cursorOf([last.id]), limit: size };
});
