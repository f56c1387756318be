import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { RunSummaryDto } from '#lib/domain/run.ts';
import type { Call } from '../context.ts';

export const ListRunsInput = z.object({
  taskId: idSchema('task').optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type ListRunsInput = z.input<typeof ListRunsInput>;

export async function listRuns({ input }: Call<ListRunsInput>): Promise<RunSummaryDto[]> {
  ListRunsInput.parse(input);
  throw new Error('listRuns is not there yet');
}
