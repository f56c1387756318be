import { getConnectionAccess, setConnectionAccess } from '#lib/services/connection/connection-access.ts';
import { operate } from '#lib/web/api/operation.ts';
import { getConnectionAccessOperation, setConnectionAccessOperation } from '#lib/web/api/operations/connections.ts';

export const GET = operate(getConnectionAccessOperation, (ctx, { params }) => getConnectionAccess({ ctx, input: params }));

export const PATCH = operate(setConnectionAccessOperation, (ctx, { params, body }) =>
  setConnectionAccess({ ctx, input: { ...params, ...body } }),
);
