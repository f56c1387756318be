import { getTaskSeries } from '#lib/services/task/get-task-series.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getTaskSeriesOperation } from '#lib/web/api/operations/tasks.ts';

export const GET = operationRoute(getTaskSeriesOperation, (ctx, { params, query }) =>
  getTaskSeries({ ctx, input: { ...params, ...query } }),
);
