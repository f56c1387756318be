import { getTaskSeries } from '#lib/services/task/get-task-series.ts';
import { operate } from '#lib/web/api/operation.ts';
import { getTaskSeriesOperation } from '#lib/web/api/operations/tasks.ts';

export const GET = operate(getTaskSeriesOperation, (ctx, { params, query }) =>
  getTaskSeries({ ctx, input: { ...params, ...query } }),
);
