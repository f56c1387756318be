import { z } from 'zod';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { getDataset } from '../dataset/get-dataset.ts';
import { requireDataset } from '../dataset/require-dataset.ts';
import { editMetadata } from '../metadata/edit-metadata.ts';
import { requireRole } from '../require-role.ts';

/** A `$filter` expression. Longer ones exceed the URL length that Graph accepts. */
export const FilterText = z.string().trim().min(1).max(4000);

export const SetFilterInput = z.object({ datasetId: idSchema('ds'), filter: FilterText.nullable() });
export type SetFilterInput = z.input<typeof SetFilterInput>;

/** Sets the `$filter` of a dataset's reloads; null = all rows. Does not send it to Graph: validateFilter does that. */
export async function setFilter({ ctx, input }: Call<SetFilterInput>): Promise<DatasetDto> {
  requireRole(ctx, 'editor');
  const { datasetId, filter } = SetFilterInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { datasetId });
  const { dataset } = await requireDataset(ctx, datasetId);
  await editMetadata(ctx, dataset.connectionId, {
    label: filter === null ? `Read all rows of ${dataset.name}` : `Filter ${dataset.name}`,
    action: 'dataset.set-filter',
    subjectId: datasetId,
    detail: { name: dataset.name, filter },
    run: (rows) => {
      const row = rows.find(({ id, removed }) => id === datasetId && !removed);
      if (row === undefined) throw new NotFoundError('dataset');
      return { changed: [{ row, to: { definition: { ...row.definition, filter } } }] };
    },
  });
  return getDataset({ ctx, input: { datasetId } });
}
