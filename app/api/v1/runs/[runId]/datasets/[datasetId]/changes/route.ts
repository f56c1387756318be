import { listChanges } from '#lib/services/run/list-changes.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { listChangesOperation } from '#lib/web/api/operations/runs.ts';

export const GET = operationRoute(listChangesOperation, (ctx, { params, query }) =>
  listChanges({ ctx, input: { ...params, ...query } }),
);
