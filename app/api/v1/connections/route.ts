import { createConnection } from '#lib/services/connection/create-connection.ts';
import { listConnections } from '#lib/services/connection/list-connections.ts';
import { withContentEtag } from '#lib/web/api/etag.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { createConnectionOperation, listConnectionsOperation } from '#lib/web/api/operations/connections.ts';
import { byName, pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listConnectionsOperation, async (ctx, { query: { connectionId, ...page } }) => {
  const all = await listConnections({ ctx, input: {} });
  return pageOf(connectionId === undefined ? all : all.filter(({ id }) => id === connectionId), page, byName);
});

export const POST = operationRoute(createConnectionOperation, async (ctx, { body }) => {
  const connection = await createConnection({ ctx, input: body });
  return withContentEtag(connection, { status: 201, headers: { location: `/api/v1/connections/${connection.id}` } });
});
