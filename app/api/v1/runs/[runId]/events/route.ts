import { getRun } from '#lib/services/run/get-run.ts';
import { watchRun } from '#lib/services/run/watch-run.ts';
import { defineRoute } from '#lib/web/route.ts';
import { sseResponse } from '#lib/web/sse.ts';

export const GET = defineRoute<{ runId: string }>(async (ctx, request, { runId }) => {
  const first = await getRun({ ctx, input: { runId } });
  return sseResponse(request, async function* (signal) {
    for await (const run of watchRun({ ctx, first, signal })) yield { event: 'run', data: run };
  });
});
