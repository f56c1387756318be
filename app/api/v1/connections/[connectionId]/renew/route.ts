import { renewConnection } from '#lib/services/connection/renew-connection.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { renewConnectionOperation } from '#lib/web/api/operations/connections.ts';

export const POST = operationRoute(renewConnectionOperation, (ctx, { params, body }) =>
  renewConnection({ ctx, input: { ...params, ...body } }),
);
