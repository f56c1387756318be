import { getRunSeries } from '#lib/services/run/get-run-series.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getRunSeriesOperation } from '#lib/web/api/operations/runs.ts';

export const GET = operationRoute(getRunSeriesOperation, (ctx, { params }) => getRunSeries({ ctx, input: params }));
