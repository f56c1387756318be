import { readLandedRows } from '#lib/services/landed/read-landed-rows.ts';
import { operate } from '#lib/web/api/operation.ts';
import { readLandedRowsOperation } from '#lib/web/api/operations/runs.ts';

export const GET = operate(readLandedRowsOperation, (ctx, { params, query }) =>
  readLandedRows({ ctx, input: { ...params, ...query } }),
);
