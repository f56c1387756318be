import { createGateway } from '#lib/services/gateway/create-gateway.ts';
import { listGateways } from '#lib/services/gateway/list-gateways.ts';
import { operate } from '#lib/web/api/operation.ts';
import { createGatewayOperation, listGatewaysOperation } from '#lib/web/api/operations/gateways.ts';

export const GET = operate(listGatewaysOperation, async (ctx) => ({ gateways: await listGateways({ ctx, input: {} }) }));

export const POST = operate(createGatewayOperation, (ctx, { body }) => createGateway({ ctx, input: body }));
