import { getRunSeries } from '#lib/services/run/get-run-series.ts';
import { operate } from '#lib/web/api/operation.ts';
import { getRunSeriesOperation } from '#lib/web/api/operations/runs.ts';

export const GET = operate(getRunSeriesOperation, (ctx, { params }) => getRunSeries({ ctx, input: params }));
