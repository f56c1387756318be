import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TaskPreparation } from '#lib/domain/task/task-validation.ts';
import { findTargetGateway } from '#lib/store/gateway/target-gateway.ts';
import { tablesToDropOf } from '#lib/store/run/task-changes.ts';
import { targetOf } from '#lib/store/run/tasks.ts';
import { auditUse } from '../audit-use.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { grantedOf } from '../dataset/require-dataset.ts';
import { requireRole } from '../require-role.ts';
import { requireTargetAccess } from '../target/require-target-access.ts';
import { notDroppedYet } from './drop-landed.ts';
import { requireTask } from './require-task.ts';
import { listTaskDatasets, readDefinitions, taskDdl } from './task-ddl.ts';

export const PrepareTaskInput = z.object({ taskId: idSchema('task') });
export type PrepareTaskInput = z.input<typeof PrepareTaskInput>;

/**
 * Creates the missing tables of the task before its first run, so that grants and views can be defined. Existing tables stay
 * unchanged; where the target creates none in advance, nothing happens.
 * @throws ConflictError `landed-not-dropped`; AppError of the target
 */
export async function prepareTask({ ctx, input }: Call<PrepareTaskInput>): Promise<TaskPreparation> {
  requireRole(ctx, 'editor', 'operates');
  const { taskId } = PrepareTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const task = await requireTask(ctx, taskId);
  if (tablesToDropOf(task) !== null) throw notDroppedYet();
  const connection = await requireConnection(ctx, task.connectionId);
  const datasets = readDefinitions(await listTaskDatasets(ctx, task), grantedOf(connection));
  const access = await requireTargetAccess(ctx, task.targetId);
  const from = await findTargetGateway(ctx.db, task.targetId);
  const fact = { action: 'task.prepare', subjectId: task.id, detail: { name: task.name } };
  const wanted = { task: targetOf(task), datasets };
  const { tables } = await auditUse(ctx, fact, () => ctx.targets(from).prepare({ access, wanted }));
  return { tables, ddl: taskDdl(task, datasets) };
}
