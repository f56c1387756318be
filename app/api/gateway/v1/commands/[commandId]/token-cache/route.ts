import { receiveTokenCache } from '#lib/gateway/hub/command-requests.ts';
import { defineGatewayRoute } from '#lib/web/gateway-route.ts';

export const POST = defineGatewayRoute<{ commandId: string }>((ctx, { gateway, body, params: { commandId } }) =>
  receiveTokenCache(ctx, { gateway, commandId, body }),
);
