import { sampleDataset } from '#lib/services/dataset/sample-dataset.ts';
import { requireDatasetOf } from '#lib/services/metadata/require-part.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { sampleDatasetOperation } from '#lib/web/api/operations/metadata.ts';

export const GET = operationRoute(sampleDatasetOperation, async (ctx, { params: { connectionId, datasetId }, query }) => {
  await requireDatasetOf(ctx, connectionId, datasetId);
  return sampleDataset({ ctx, input: { datasetId, ...query } });
});
