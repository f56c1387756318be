import { deleteConnection } from '#lib/services/connection/delete-connection.ts';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import { updateConnection } from '#lib/services/connection/update-connection.ts';
import { requireContentMatch, withContentEtag } from '#lib/web/api/etag.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import {
  deleteConnectionOperation,
  getConnectionOperation,
  updateConnectionOperation,
} from '#lib/web/api/operations/connections.ts';

export const GET = operationRoute(getConnectionOperation, async (ctx, { params }) =>
  withContentEtag(await getConnection({ ctx, input: params })),
);

export const PATCH = operationRoute(updateConnectionOperation, async (ctx, { params, body, request }) => {
  requireContentMatch(request, await getConnection({ ctx, input: params }));
  return withContentEtag(await updateConnection({ ctx, input: { ...params, ...body } }));
});

export const DELETE = operationRoute(deleteConnectionOperation, (ctx, { params }) => deleteConnection({ ctx, input: params }));
