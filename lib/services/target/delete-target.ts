import { z } from 'zod';
import { formatCounted } from '#lib/domain/format.ts';
import { idSchema } from '#lib/domain/id.ts';
import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import { deleteTargetRow, listTasksOfTarget, lockTarget } from '#lib/store/run/targets.ts';
import { closedConnections } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { requireOwnTarget } from './require-target.ts';
import { namesOfTasks } from './used-by.ts';

export const DeleteTargetInput = z.object({ targetId: idSchema('targ') });
export type DeleteTargetInput = z.input<typeof DeleteTargetInput>;

/**
 * Deletes a target and its secrets. Landed tables and files stay.
 * @throws NotFoundError; ConflictError `target-in-use` with the tasks that use it, `target-built-in`
 */
export async function deleteTarget({ ctx, input }: Call<DeleteTargetInput>): Promise<void> {
  requireRole(ctx, 'editor');
  const { targetId } = DeleteTargetInput.parse(input);
  const { name } = await requireOwnTarget(ctx, targetId);
  const closed = await closedConnections(ctx);
  await write(ctx, async (tx, audit) => {
    if (!(await lockTarget(tx, targetId))) throw new NotFoundError('target');
    const tasks = await listTasksOfTarget(tx, targetId);
    if (tasks.length > 0) throw inUse(name, tasks, namesOfTasks(tasks, closed));
    await deleteTargetRow(tx, targetId);
    await audit({ action: 'target.delete', subjectId: targetId, detail: { name } });
  });
}

function inUse(name: string, tasks: readonly unknown[], detail: string): ConflictError {
  return new ConflictError({
    code: 'target-in-use',
    title: `${formatCounted(tasks.length, 'task')} ${tasks.length === 1 ? 'uses' : 'use'} ${name}.`,
    detail,
    remedy: 'Delete these tasks first. Their landed data is kept.',
    fixer: 'you',
  });
}
