import { z } from 'zod';
import { Column, ColumnType, type DatasetDefinition, type DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { DatasetRow } from '#lib/store/metadata/datasets.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { getDataset } from '../dataset/get-dataset.ts';
import { requireDataset } from '../dataset/require-dataset.ts';
import { editMetadata } from '../metadata/edit-metadata.ts';
import { requireRole } from '../require-role.ts';
import { chooseColumns } from './choose-columns.ts';

export const ColumnChoices = z
  .array(
    z.object({
      sourcePath: z.string().min(1).max(500),
      selected: z.boolean().optional(),
      name: z.string().trim().min(1).max(63).optional(),
      type: ColumnType.optional(),
      nullable: z.boolean().optional(),
      key: z.boolean().optional(),
      nested: Column.shape.nested.unwrap().optional(),
    }),
  )
  .min(1)
  .max(2000);

export const UpdateColumnsInput = z.object({ datasetId: idSchema('ds'), columns: ColumnChoices });
export type UpdateColumnsInput = z.input<typeof UpdateColumnsInput>;

/** Selects, renames and retypes columns; a run that has started keeps its definition. */
export async function updateColumns({ ctx, input }: Call<UpdateColumnsInput>): Promise<DatasetDto> {
  requireRole(ctx, 'editor');
  const { datasetId, columns } = UpdateColumnsInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { datasetId });
  const { dataset } = await requireDataset(ctx, datasetId);
  await editMetadata(ctx, dataset.connectionId, {
    label: columns.length === 1 ? `Change a column of ${dataset.name}` : `Change ${columns.length} columns of ${dataset.name}`,
    action: 'dataset.update-columns',
    subjectId: datasetId,
    detail: { name: dataset.name, connectionId: dataset.connectionId, columns: columns.length },
    run: (rows) => {
      const row = rows.find(({ id, removed }) => id === datasetId && !removed);
      if (row === undefined) throw new NotFoundError('dataset');
      const definition = chooseColumns(row.definition, columns);
      return { changed: [{ row, to: { definition } }, ...childTables(rows, row, definition)] };
    },
  });
  return getDataset({ ctx, input: { datasetId } });
}

/** Selects the child table of a nested collection that becomes one, and deselects it when the collection becomes JSON again. */
export function childTables(rows: readonly DatasetRow[], before: DatasetRow, { columns }: DatasetDefinition) {
  const was = new Map(before.definition.columns.map((column) => [column.sourcePath, column.nested]));
  const turned = new Map(
    columns
      .filter(({ sourcePath, nested }) => was.get(sourcePath) !== nested)
      .map(({ sourcePath, nested }) => [sourcePath, nested]),
  );
  return rows.flatMap((row) => {
    const { child } = row.definition;
    const nested = child?.dataset === before.name ? turned.get(child.sourcePath) : undefined;
    return nested === undefined || row.removed ? [] : [{ row, to: { selected: nested === 'child' } }];
  });
}
