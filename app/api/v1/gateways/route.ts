import { createGateway } from '#lib/services/gateway/create-gateway.ts';
import { listGateways } from '#lib/services/gateway/list-gateways.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { createGatewayOperation, listGatewaysOperation } from '#lib/web/api/operations/gateways.ts';
import { byName, pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listGatewaysOperation, async (ctx, { query }) =>
  pageOf(await listGateways({ ctx, input: {} }), query, byName),
);

export const POST = operationRoute(createGatewayOperation, (ctx, { body }) => createGateway({ ctx, input: body }));
