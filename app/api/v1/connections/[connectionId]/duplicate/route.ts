import { duplicateConnection } from '#lib/services/connection/duplicate-connection.ts';
import { operate } from '#lib/web/api/operation.ts';
import { duplicateConnectionOperation } from '#lib/web/api/operations/connections.ts';

export const POST = operate(duplicateConnectionOperation, (ctx, { params }) => duplicateConnection({ ctx, input: params }));
