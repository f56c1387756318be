import { duplicateConnection } from '#lib/services/connection/duplicate-connection.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { duplicateConnectionOperation } from '#lib/web/api/operations/connections.ts';

export const POST = operationRoute(duplicateConnectionOperation, (ctx, { params }) =>
  duplicateConnection({ ctx, input: params }),
);
