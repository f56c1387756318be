import { z } from 'zod';
import type { DatasetDto } from '#lib/domain/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

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

export async function updateColumns({ input }: Call<UpdateColumnsInput>): Promise<DatasetDto> {
  UpdateColumnsInput.parse(input);
  throw new Error('updateColumns is not there yet');
}
