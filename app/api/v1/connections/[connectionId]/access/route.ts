import { getConnectionAccess, setConnectionAccess } from '#lib/services/connection/connection-access.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getConnectionAccessOperation, setConnectionAccessOperation } from '#lib/web/api/operations/connections.ts';

export const GET = operationRoute(getConnectionAccessOperation, (ctx, { params }) => getConnectionAccess({ ctx, input: params }));

export const PATCH = operationRoute(setConnectionAccessOperation, (ctx, { params, body }) =>
  setConnectionAccess({ ctx, input: { ...params, ...body } }),
);
