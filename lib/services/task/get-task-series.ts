import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TaskSeriesDto } from '#lib/domain/run/task-series.ts';
import { listEndedRuns } from '#lib/store/run/run-series.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireTask } from './require-task.ts';

export const GetTaskSeriesInput = z.object({
  taskId: idSchema('task'),
  /** Number of runs. */
  limit: z.number().int().min(1).max(500).default(60),
});
export type GetTaskSeriesInput = z.input<typeof GetTaskSeriesInput>;

/** Rows, duration and changes of the last ended runs of a task, the oldest first. @throws NotFoundError */
export async function getTaskSeries({ ctx, input }: Call<GetTaskSeriesInput>): Promise<TaskSeriesDto> {
  requireRole(ctx, 'viewer');
  const { taskId, limit } = GetTaskSeriesInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const { id } = await requireTask(ctx, taskId);
  return { taskId: id, runs: (await listEndedRuns(ctx.db, [id], limit)).get(id) ?? [] };
}
