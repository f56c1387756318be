import { getRun } from '#lib/services/run/get-run.ts';
import { defineRoute } from '#lib/web/route.ts';

export const GET = defineRoute<{ runId: string }>((ctx, _request, { runId }) => getRun({ ctx, input: { runId } }));
