import { getDataset } from '#lib/services/dataset/get-dataset.ts';
import { patchDataset } from '#lib/services/dataset/patch-dataset.ts';
import { removeDatasets } from '#lib/services/dataset/remove-datasets.ts';
import { requireDatasetOf } from '#lib/services/metadata/require-part.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getDatasetOperation, patchDatasetOperation, removeDatasetOperation } from '#lib/web/api/operations/metadata.ts';

export const GET = operationRoute(getDatasetOperation, async (ctx, { params: { connectionId, datasetId } }) => {
  await requireDatasetOf(ctx, connectionId, datasetId);
  return getDataset({ ctx, input: { datasetId } });
});

export const PATCH = operationRoute(patchDatasetOperation, async (ctx, { params: { connectionId, datasetId }, body }) => {
  await requireDatasetOf(ctx, connectionId, datasetId);
  return patchDataset({ ctx, input: { datasetId, ...body } });
});

export const DELETE = operationRoute(removeDatasetOperation, async (ctx, { params: { connectionId, datasetId } }) => ({
  datasets: await removeDatasets({ ctx, input: { connectionId, datasetIds: [datasetId] } }),
}));
