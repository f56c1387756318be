import { createGateway } from '#lib/services/gateway/create-gateway.ts';
import { listGateways } from '#lib/services/gateway/list-gateways.ts';
import { operate } from '#lib/web/api/operation.ts';
import { createGatewayOperation, listGatewaysOperation } from '#lib/web/api/operations/gateways.ts';
import { byName, pageOf } from '#lib/web/api/page.ts';

export const GET = operate(listGatewaysOperation, async (ctx, { query }) =>
  pageOf(await listGateways({ ctx, input: {} }), query, byName),
);

export const POST = operate(createGatewayOperation, (ctx, { body }) => createGateway({ ctx, input: body }));
