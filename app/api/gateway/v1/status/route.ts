import { receiveStatus } from '#lib/gateway/hub/status.ts';
import { defineGatewayRoute } from '#lib/web/gateway-route.ts';

export const POST = defineGatewayRoute((ctx, { gateway, body }) => receiveStatus(ctx, gateway, body));
