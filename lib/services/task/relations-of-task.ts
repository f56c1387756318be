import type { Granted } from '#lib/domain/access/access.ts';
import { NO_RELATIONS, relationsOf, type TaskRelations, wantsRelations } from '#lib/domain/task/relations.ts';
import { targetOf } from '#lib/store/run/tasks.ts';
import type { Context } from '../context.ts';
import { requireTask } from './require-task.ts';
import { listTaskDatasets, readDefinitions } from './task-ddl.ts';

/** How the tables of all datasets of a task belong together, whichever of them a run reads. */
export async function relationsOfTask(ctx: Pick<Context, 'db'>, taskId: string, granted: Granted): Promise<TaskRelations> {
  const task = await requireTask(ctx, taskId);
  const target = targetOf(task);
  if (!wantsRelations(target)) return NO_RELATIONS;
  return relationsOf(readDefinitions(await listTaskDatasets(ctx, task), granted), target);
}
