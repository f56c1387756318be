import { testConnection } from '#lib/services/connection/test-connection.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { testConnectionOperation } from '#lib/web/api/operations/connections.ts';

export const POST = operationRoute(testConnectionOperation, (ctx, { params }) => testConnection({ ctx, input: params }));
