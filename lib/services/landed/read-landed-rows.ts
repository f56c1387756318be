import { z } from 'zod';
import type { RowsDto } from '#lib/domain/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const ReadLandedRowsInput = z.object({
  taskId: idSchema('task'),
  datasetId: idSchema('ds'),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
});
export type ReadLandedRowsInput = z.input<typeof ReadLandedRowsInput>;

export async function readLandedRows({ input }: Call<ReadLandedRowsInput>): Promise<RowsDto> {
  ReadLandedRowsInput.parse(input);
  throw new Error('readLandedRows is not there yet');
}
