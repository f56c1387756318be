import { cancelRun } from '#lib/services/run/cancel-run.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { cancelRunOperation } from '#lib/web/api/operations/runs.ts';

export const POST = operationRoute(cancelRunOperation, (ctx, { params }) => cancelRun({ ctx, input: params }));
