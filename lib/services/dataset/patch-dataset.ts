import { z } from 'zod';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import { chooseColumns } from '../column/choose-columns.ts';
import { ColumnChoices, childTables } from '../column/update-columns.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { FilterText } from '../filter/set-filter.ts';
import { editMetadata } from '../metadata/edit-metadata.ts';
import { requireRole } from '../require-role.ts';
import { getDataset } from './get-dataset.ts';
import { requireDataset } from './require-dataset.ts';

export const DatasetPatch = z.object({
  selected: z.boolean().optional(),
  /** Null = all rows. */
  filter: FilterText.nullable().optional(),
  columns: ColumnChoices.optional(),
});

export const PatchDatasetInput = DatasetPatch.extend({ datasetId: idSchema('ds') });
export type PatchDatasetInput = z.input<typeof PatchDatasetInput>;

/** Changes selection, filter and columns of a dataset as one edit; absent members stay unchanged. @throws InvalidInputError `nothing-to-change`. */
export async function patchDataset({ ctx, input }: Call<PatchDatasetInput>): Promise<DatasetDto> {
  requireRole(ctx, 'editor');
  const { datasetId, selected, filter, columns } = PatchDatasetInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { datasetId });
  const { dataset } = await requireDataset(ctx, datasetId);
  if (selected === undefined && filter === undefined && columns === undefined) throw nothing();
  await editMetadata(ctx, dataset.connectionId, {
    label: `Change ${dataset.name}`,
    action: 'dataset.update',
    subjectId: datasetId,
    detail: {
      name: dataset.name,
      ...(selected === undefined ? {} : { selected }),
      ...(filter === undefined ? {} : { filter }),
      ...(columns === undefined ? {} : { columns: columns.length }),
    },
    run: (rows) => {
      const row = rows.find(({ id, removed }) => id === datasetId && !removed);
      if (row === undefined) throw new NotFoundError('dataset');
      const chosen = columns === undefined ? row.definition : chooseColumns(row.definition, columns);
      const definition = filter === undefined ? chosen : { ...chosen, filter };
      const to = { definition, ...(selected === undefined ? {} : { selected }) };
      return { changed: [{ row, to }, ...childTables(rows, row, definition)] };
    },
  });
  return getDataset({ ctx, input: { datasetId } });
}

function nothing(): InvalidInputError {
  return new InvalidInputError({
    code: 'nothing-to-change',
    title: 'The request changes nothing: it has none of selected, filter and columns.',
    remedy: 'Send at least one member to change; absent members stay unchanged.',
    fixer: 'you',
    field: 'columns',
  });
}
