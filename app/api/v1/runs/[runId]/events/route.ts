import { watchRun } from '#lib/services/run/watch-run.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { watchRunOperation } from '#lib/web/api/operations/runs.ts';
import { sseResponse } from '#lib/web/sse.ts';

export const GET = operationRoute(watchRunOperation, async (ctx, { params, request }) => {
  const watch = await watchRun({ ctx, input: params });
  return sseResponse(request, async function* (signal) {
    for await (const { event, run } of watch(signal)) yield { event, data: run };
  });
});
