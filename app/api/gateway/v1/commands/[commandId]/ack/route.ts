import { receiveAck } from '#lib/gateway/hub/command-requests.ts';
import { defineGatewayRoute } from '#lib/web/gateway-route.ts';

export const POST = defineGatewayRoute<{ commandId: string }>((ctx, { gateway, body, params: { commandId } }) =>
  receiveAck(ctx, { gateway, commandId, body }),
);
