import { listChanges } from '#lib/services/run/list-changes.ts';
import { operate } from '#lib/web/api/operation.ts';
import { listChangesOperation } from '#lib/web/api/operations/runs.ts';

export const GET = operate(listChangesOperation, (ctx, { params, query }) =>
  listChanges({ ctx, input: { ...params, ...query } }),
);
