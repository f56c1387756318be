import { setGatewayActive } from '#lib/services/gateway/set-gateway-active.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { setGatewayActiveOperation } from '#lib/web/api/operations/gateways.ts';

export const POST = operationRoute(setGatewayActiveOperation, (ctx, { params, body }) =>
  setGatewayActive({ ctx, input: { ...params, ...body } }),
);
