import { z } from 'zod';
import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { editMetadata } from '../metadata/edit-metadata.ts';
import { requireRole } from '../require-role.ts';
import { listDatasets } from './list-datasets.ts';

export const SelectDatasetsInput = z.object({
  connectionId: idSchema('conn'),
  datasetIds: z.array(idSchema('ds')).min(1).max(2000),
  selected: z.boolean(),
});
export type SelectDatasetsInput = z.input<typeof SelectDatasetsInput>;

/** Selects or deselects datasets. All of them must belong to this connection. */
export async function selectDatasets({ ctx, input }: Call<SelectDatasetsInput>): Promise<DatasetSummaryDto[]> {
  requireRole(ctx, 'editor');
  const { connectionId, datasetIds, selected } = SelectDatasetsInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await requireConnection(ctx, connectionId);
  const ids = new Set<string>(datasetIds);
  const what = ids.size === 1 ? 'a dataset' : `${ids.size} datasets`;
  await editMetadata(ctx, connectionId, {
    label: selected ? `Select ${what}` : `Deselect ${what}`,
    action: 'dataset.select',
    subjectId: connectionId,
    detail: { datasetIds: [...ids], selected },
    run: (rows) => {
      const found = rows.filter(({ id, removed }) => ids.has(id) && !removed);
      if (found.length !== ids.size) throw new NotFoundError('dataset');
      return { changed: found.map((row) => ({ row, to: { selected } })) };
    },
  });
  return listDatasets({ ctx, input: { connectionId } });
}
