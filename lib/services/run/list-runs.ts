import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { RunSummaryDto } from '#lib/domain/run/run.ts';
import { listRunRows, toRunSummaryDto } from '#lib/store/run/runs.ts';
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
  return (await listRunRows(ctx.db, { taskId: taskId ?? null, limit })).map(toRunSummaryDto);
}
