import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { ScheduleDto } from '#lib/domain/schedule/schedule.ts';
import { findSchedule } from '#lib/store/schedule/schedules.ts';
import { closedConnections, requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireTask } from '../task/require-task.ts';
import { readScheduleDto } from './schedule-dto.ts';

export const GetScheduleInput = z.object({ taskId: idSchema('task') });
export type GetScheduleInput = z.input<typeof GetScheduleInput>;

/** The schedule of a task, with its next times and the results of the last ones; null when it has none. */
export async function getSchedule({ ctx, input }: Call<GetScheduleInput>): Promise<ScheduleDto | null> {
  requireRole(ctx, 'viewer');
  const { taskId } = GetScheduleInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  await requireTask(ctx, taskId);
  const row = await findSchedule(ctx.db, taskId);
  return row === null ? null : readScheduleDto(ctx, row, await closedConnections(ctx));
}
