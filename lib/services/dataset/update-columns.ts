import { z } from 'zod';
import type { DatasetDto } from '#lib/domain/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { updateDefinition } from '#lib/store/datasets.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { chooseColumns } from './choose-columns.ts';
import { getDataset } from './get-dataset.ts';
import { requireDataset } from './require-dataset.ts';

export const UpdateColumnsInput = z.object({
  datasetId: idSchema('ds'),
  columns: z
    .array(
      z.object({
        sourcePath: z.string().min(1).max(500),
        selected: z.boolean(),
        name: z.string().trim().min(1).max(63).optional(),
      }),
    )
    .min(1)
    .max(2000),
});
export type UpdateColumnsInput = z.input<typeof UpdateColumnsInput>;

/** Chooses and renames columns; runs that are under way keep the definition that they began with. */
export async function updateColumns({ ctx, input }: Call<UpdateColumnsInput>): Promise<DatasetDto> {
  requireRole(ctx, 'editor');
  const { datasetId, columns } = UpdateColumnsInput.parse(input);
  const { dataset } = await requireDataset(ctx, datasetId);
  const definition = chooseColumns(dataset.definition, columns);
  await write(ctx, async (tx, audit) => {
    await updateDefinition(tx, datasetId, definition);
    const selected = definition.columns.filter((column) => column.selected).length;
    await audit({ action: 'dataset.update-columns', subjectId: datasetId, detail: { name: dataset.name, selected } });
  });
  return getDataset({ ctx, input: { datasetId } });
}
