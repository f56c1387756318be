import { validateFilter } from '#lib/services/filter/validate-filter.ts';
import { requireDatasetOf } from '#lib/services/metadata/require-part.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { checkFilterOperation } from '#lib/web/api/operations/metadata.ts';

export const POST = operationRoute(checkFilterOperation, async (ctx, { params: { connectionId, datasetId }, body }) => {
  await requireDatasetOf(ctx, connectionId, datasetId);
  return validateFilter({ ctx, input: { datasetId, ...body } });
});
