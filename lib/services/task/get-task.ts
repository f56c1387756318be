import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TaskDto } from '#lib/domain/task/task.ts';
import { readTaskDto } from '#lib/store/run/tasks.ts';
import { findSchedule } from '#lib/store/schedule/schedules.ts';
import { closedConnections, requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { toScheduleSummary } from '../schedule/schedule-dto.ts';
import { requireTask } from './require-task.ts';

export const GetTaskInput = z.object({ taskId: idSchema('task') });
export type GetTaskInput = z.input<typeof GetTaskInput>;

export async function getTask({ ctx, input }: Call<GetTaskInput>): Promise<TaskDto> {
  requireRole(ctx, 'viewer');
  const { taskId } = GetTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const row = await requireTask(ctx, taskId);
  const schedule = await findSchedule(ctx.db, row.id);
  const closed = await closedConnections(ctx);
  return { ...(await readTaskDto(ctx.db, row)), schedule: schedule === null ? null : toScheduleSummary(schedule, closed) };
}
