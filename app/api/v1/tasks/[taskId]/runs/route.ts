import { z } from 'zod';
import { startRun } from '#lib/services/run/start-run.ts';
import { defineRoute, readBody } from '#lib/web/route.ts';

const Body = z.object({ confirmDeletes: z.boolean().default(false), full: z.boolean().default(false) });

export const POST = defineRoute<{ taskId: string }>(async (ctx, request, { taskId }) => {
  const { confirmDeletes, full } = await readBody(request, Body);
  const run = await startRun({ ctx, input: { taskId, confirmDeletes, full } });
  return Response.json(run, { status: 201, headers: { location: `/api/v1/runs/${run.id}` } });
});
