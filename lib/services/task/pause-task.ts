import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TaskDto } from '#lib/domain/task/task.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { setTaskPaused } from '#lib/store/run/task-changes.ts';
import { lockTask } from '#lib/store/run/tasks.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { getTask } from './get-task.ts';
import { requireTask } from './require-task.ts';

export const PauseTaskInput = z.object({ taskId: idSchema('task'), paused: z.boolean() });
export type PauseTaskInput = z.input<typeof PauseTaskInput>;

/** Pauses or resumes a task. A paused task is started by no person, program or schedule. A run that is under way is not stopped. */
export async function pauseTask({ ctx, input }: Call<PauseTaskInput>): Promise<TaskDto> {
  requireRole(ctx, 'editor', 'operates');
  const { taskId, paused } = PauseTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  await write(ctx, async (tx, audit) => {
    if (!(await lockTask(tx, taskId))) throw new NotFoundError('task');
    const { pausedAt } = await requireTask({ db: tx }, taskId);
    if ((pausedAt !== null) === paused) return;
    await setTaskPaused(tx, taskId, paused ? ctx.clock.now() : null);
    await audit({ action: paused ? 'task.pause' : 'task.resume', subjectId: taskId });
  });
  return getTask({ ctx, input: { taskId } });
}
