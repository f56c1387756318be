import { startRun } from '#lib/services/run/start-run.ts';
import { operate } from '#lib/web/api/operation.ts';
import { startRunOperation } from '#lib/web/api/operations/runs.ts';

export const POST = operate(startRunOperation, async (ctx, { params, body }) => {
  const run = await startRun({ ctx, input: { ...params, ...body } });
  return Response.json(run, { status: 201, headers: { location: `/api/v1/runs/${run.id}` } });
});
