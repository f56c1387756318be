import { listConnections } from '#lib/services/connection/list-connections.ts';
import { operate } from '#lib/web/api/operation.ts';
import { listConnectionsOperation } from '#lib/web/api/operations/connections.ts';
import { byName, pageOf } from '#lib/web/api/page.ts';

export const GET = operate(listConnectionsOperation, async (ctx, { query: { connectionId, ...page } }) => {
  const all = await listConnections({ ctx, input: {} });
  return pageOf(connectionId === undefined ? all : all.filter(({ id }) => id === connectionId), page, byName);
});
