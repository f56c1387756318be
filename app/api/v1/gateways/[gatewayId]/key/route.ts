import { createGatewayKey } from '#lib/services/gateway/create-gateway-key.ts';
import { operate } from '#lib/web/api/operation.ts';
import { createGatewayKeyOperation } from '#lib/web/api/operations/gateways.ts';

export const POST = operate(createGatewayKeyOperation, (ctx, { params }) => createGatewayKey({ ctx, input: params }));
