'use server';

import { revalidatePath } from 'next/cache';
import { UpdateColumnsInput, updateColumns } from '#lib/services/column/update-columns.ts';
import { AddDatasetInput, addDataset } from '#lib/services/dataset/add-dataset.ts';
import { RemoveDatasetsInput, removeDatasets } from '#lib/services/dataset/remove-datasets.ts';
import { SelectDatasetsInput, selectDatasets } from '#lib/services/dataset/select-datasets.ts';
import { SetFilterInput, setFilter } from '#lib/services/filter/set-filter.ts';
import { DecideDifferencesInput, decideDifferences } from '#lib/services/metadata/decide-differences.ts';
import { UndoMetadataEditInput, undoMetadataEdit } from '#lib/services/metadata/undo-metadata-edit.ts';
import { ExportMetadataInput, exportMetadata } from '#lib/services/metadata-file/export-metadata.ts';
import { cancelMetadataJob } from '#lib/services/metadata-job/cancel-metadata-job.ts';
import { GetMetadataJobInput } from '#lib/services/metadata-job/get-metadata-job.ts';
import { StartMetadataJobInput, startMetadataJob } from '#lib/services/metadata-job/start-metadata-job.ts';
import { defineAction } from '#lib/web/action.ts';

const PAGE = '/connections/[connectionId]/metadata';

export const selectDatasetsAction = defineAction('editor', SelectDatasetsInput, async (ctx, input) => {
  await selectDatasets({ ctx, input });
  revalidatePath(PAGE, 'layout');
  return null;
});

export const addDatasetAction = defineAction('editor', AddDatasetInput, async (ctx, input) => {
  const { name } = await addDataset({ ctx, input });
  revalidatePath(PAGE, 'layout');
  return { name };
});

export const removeDatasetsAction = defineAction('editor', RemoveDatasetsInput, async (ctx, input) => {
  await removeDatasets({ ctx, input });
  revalidatePath(PAGE, 'layout');
  return null;
});

export const updateColumnsAction = defineAction('editor', UpdateColumnsInput, async (ctx, input) => {
  await updateColumns({ ctx, input });
  revalidatePath(PAGE, 'layout');
  return null;
});

export const setFilterAction = defineAction('editor', SetFilterInput, async (ctx, input) => {
  await setFilter({ ctx, input });
  revalidatePath(PAGE, 'layout');
  return null;
});

export const undoMetadataEditAction = defineAction('editor', UndoMetadataEditInput, async (ctx, input) => {
  const history = await undoMetadataEdit({ ctx, input });
  revalidatePath(PAGE, 'layout');
  return history;
});

export const startMetadataJobAction = defineAction('editor', StartMetadataJobInput, async (ctx, input) =>
  startMetadataJob({ ctx, input }),
);

export const cancelMetadataJobAction = defineAction('editor', GetMetadataJobInput, async (ctx, input) =>
  cancelMetadataJob({ ctx, input }),
);

export const decideDifferencesAction = defineAction('editor', DecideDifferencesInput, async (ctx, input) => {
  const changes = await decideDifferences({ ctx, input });
  revalidatePath(PAGE, 'layout');
  return changes;
});

export const exportMetadataAction = defineAction('viewer', ExportMetadataInput, async (ctx, input) =>
  exportMetadata({ ctx, input }),
);
