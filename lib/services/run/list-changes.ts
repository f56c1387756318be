import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { ChangeDto } from '#lib/domain/run.ts';
import type { Call } from '../context.ts';

export const ListChangesInput = z.object({
  runId: idSchema('run'),
  datasetId: idSchema('ds'),
  operation: z.enum(['insert', 'update', 'delete']).optional(),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type ListChangesInput = z.input<typeof ListChangesInput>;

export async function listChanges({ input }: Call<ListChangesInput>): Promise<{ changes: readonly ChangeDto[]; total: number }> {
  ListChangesInput.parse(input);
  throw new Error('listChanges is not there yet');
}
