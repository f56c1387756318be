import { renewConnection } from '#lib/services/connection/renew-connection.ts';
import { operate } from '#lib/web/api/operation.ts';
import { renewConnectionOperation } from '#lib/web/api/operations/connections.ts';

export const POST = operate(renewConnectionOperation, (ctx, { params, body }) =>
  renewConnection({ ctx, input: { ...params, ...body } }),
);
