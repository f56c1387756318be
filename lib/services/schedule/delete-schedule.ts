import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { lockTask } from '#lib/store/run/tasks.ts';
import { deleteScheduleRow, findSchedule } from '#lib/store/schedule/schedules.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';

export const DeleteScheduleInput = z.object({ taskId: idSchema('task') });
export type DeleteScheduleInput = z.input<typeof DeleteScheduleInput>;

/** Deletes the schedule of a task with its recorded planned times; runs that it started stay. */
export async function deleteSchedule({ ctx, input }: Call<DeleteScheduleInput>): Promise<{ deleted: true }> {
  requireRole(ctx, 'editor');
  const { taskId } = DeleteScheduleInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  await write(ctx, async (tx, audit) => {
    if (!(await lockTask(tx, taskId)) || (await findSchedule(tx, taskId)) === null) throw new NotFoundError('schedule');
    await deleteScheduleRow(tx, taskId);
    await audit({ action: 'schedule.delete', subjectId: taskId });
  });
  return { deleted: true };
}
