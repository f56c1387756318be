import { addDataset } from '#lib/services/dataset/add-dataset.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { selectDatasets } from '#lib/services/dataset/select-datasets.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { addDatasetOperation, listDatasetsOperation, selectDatasetsOperation } from '#lib/web/api/operations/metadata.ts';
import { pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listDatasetsOperation, async (ctx, { params, query }) =>
  pageOf(await listDatasets({ ctx, input: params }), query, ({ area, name, id }) => [area, name, id]),
);

export const PATCH = operationRoute(selectDatasetsOperation, async (ctx, { params, body }) => ({
  datasets: await selectDatasets({ ctx, input: { ...params, ...body } }),
}));

export const POST = operationRoute(addDatasetOperation, (ctx, { params, body }) =>
  addDataset({ ctx, input: { ...params, ...body } }),
);
