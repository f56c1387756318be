import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { findActiveRunId } from '#lib/store/run/runs.ts';
import { deleteTaskRow, lockTask } from '#lib/store/run/tasks.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { requireTask } from './require-task.ts';
import { taskIsRunning } from './task-is-running.ts';

export const DeleteTaskInput = z.object({ taskId: idSchema('task') });
export type DeleteTaskInput = z.input<typeof DeleteTaskInput>;

/**
 * Deletes a task and its runs. The landed tables or folders stay; another task may claim them.
 * @throws ConflictError `task-is-running`.
 */
export async function deleteTask({ ctx, input }: Call<DeleteTaskInput>): Promise<{ deleted: true }> {
  requireRole(ctx, 'editor');
  const { taskId } = DeleteTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const task = await requireTask(ctx, taskId);
  await write(ctx, async (tx, audit) => {
    if (!(await lockTask(tx, taskId))) throw new NotFoundError('task');
    const runId = await findActiveRunId(tx, taskId);
    if (runId !== null) throw taskIsRunning(runId, 'then delete the task');
    await audit({ action: 'task.delete', subjectId: taskId, detail: { name: task.name, namespace: task.namespace } });
    await deleteTaskRow(tx, taskId);
  });
  return { deleted: true };
}
