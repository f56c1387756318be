import { gatewayStream } from '#lib/gateway/hub/stream.ts';
import { StreamQuery } from '#lib/gateway/protocol.ts';
import { defineGatewayRoute, lineResponse } from '#lib/web/gateway-route.ts';

export const GET = defineGatewayRoute(async (ctx, { gateway, request }) => {
  const { instance } = StreamQuery.parse(Object.fromEntries(new URL(request.url).searchParams));
  return lineResponse(request, (signal) => gatewayStream(ctx, { gateway, instance }, signal));
});
