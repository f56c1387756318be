import { startRun } from '#lib/services/run/start-run.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { startRunOperation } from '#lib/web/api/operations/runs.ts';

export const POST = operationRoute(startRunOperation, async (ctx, { params, body }) => {
  const run = await startRun({ ctx, input: { ...params, ...body } });
  return Response.json(run, { status: 201, headers: { location: `/api/v1/runs/${run.id}` } });
});
