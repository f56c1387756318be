import { watchGateways } from '#lib/services/gateway/watch-gateways.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { watchGatewaysOperation } from '#lib/web/api/operations/gateways.ts';
import { sseResponse } from '#lib/web/sse.ts';

export const GET = operationRoute(watchGatewaysOperation, async (ctx, { request }) => {
  const watch = await watchGateways({ ctx, input: {} });
  return sseResponse(request, async function* (signal) {
    for await (const gateways of watch(signal)) yield { event: 'gateways', data: gateways };
  });
});
