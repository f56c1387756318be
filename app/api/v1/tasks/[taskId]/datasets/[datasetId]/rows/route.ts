import { readLandedRows } from '#lib/services/landed/read-landed-rows.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { readLandedRowsOperation } from '#lib/web/api/operations/runs.ts';

export const GET = operationRoute(readLandedRowsOperation, (ctx, { params, query }) =>
  readLandedRows({ ctx, input: { ...params, ...query } }),
);
