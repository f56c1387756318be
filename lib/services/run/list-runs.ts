import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { RunSummaryDto } from '#lib/domain/run/run.ts';
import { listRunSummaries } from '#lib/store/run/run-summaries.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListRunsInput = z.object({
  taskId: idSchema('task').optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type ListRunsInput = z.input<typeof ListRunsInput>;

/** Newest first. */
export async function listRuns({ ctx, input }: Call<ListRunsInput>): Promise<RunSummaryDto[]> {
  requireRole(ctx, 'viewer');
  const { taskId, limit } = ListRunsInput.parse(input);
  return listRunSummaries(ctx.db, { taskId: taskId ?? null, limit });
}
