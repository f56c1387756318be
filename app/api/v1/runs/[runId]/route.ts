import { getRun } from '#lib/services/run/get-run.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getRunOperation } from '#lib/web/api/operations/runs.ts';

export const GET = operationRoute(getRunOperation, (ctx, { params }) => getRun({ ctx, input: params }));
