import { planDatasets } from '#lib/services/task/plan-task.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { planDatasetsOperation } from '#lib/web/api/operations/runs.ts';

export const POST = operationRoute(planDatasetsOperation, (ctx, { params, body }) =>
  planDatasets({ ctx, input: { ...params, ...body } }),
);
