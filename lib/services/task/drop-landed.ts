import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import { findTargetGateway } from '#lib/store/gateway/target-gateway.ts';
import { setDropped, tablesToDropOf } from '#lib/store/run/task-changes.ts';
import { auditUse } from '../audit-use.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireTargetAccess } from '../target/require-target-access.ts';
import { requireTask } from './require-task.ts';

export const DropLandedInput = z.object({ taskId: idSchema('task') });
export type DropLandedInput = z.input<typeof DropLandedInput>;

/**
 * Drops what an edit with `recreate` requested: the tables of these datasets and their additional tables, if Entrada created them. Does nothing when
 * nothing has to be dropped; can be repeated after a failure.
 */
export async function dropLanded({ ctx, input }: Call<DropLandedInput>): Promise<{ dropped: readonly string[] }> {
  requireRole(ctx, 'editor');
  const { taskId } = DropLandedInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const pending = tablesToDropOf(await requireTask(ctx, taskId));
  if (pending === null) return { dropped: [] };
  const { target, tables } = pending;
  const access = await requireTargetAccess(ctx, target.targetId);
  const from = await findTargetGateway(ctx.db, target.targetId);
  const fact = { action: 'task.drop-landed', subjectId: taskId, detail: { tables } };
  const { tables: dropped } = await auditUse(ctx, fact, () =>
    ctx.targets(from).drop({ access, wanted: { task: target, tables } }),
  );
  await setDropped(ctx.db, taskId);
  return { dropped };
}

/** The task neither starts nor changes before the tables are dropped. */
export function notDroppedYet(): ConflictError {
  return new ConflictError({
    code: 'landed-not-dropped',
    title: 'The tables that the task landed earlier are not deleted yet.',
    remedy: 'Open the task and choose Try dropping again. If that fails, test the target.',
    fixer: 'you',
  });
}
