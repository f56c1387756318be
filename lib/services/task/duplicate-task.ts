import { z } from 'zod';
import { actorRef } from '#lib/domain/account/actor.ts';
import { idSchema } from '#lib/domain/id.ts';
import { copyOfFolder, type FolderNames } from '#lib/domain/task/lake-folder.ts';
import {
  namespaceOf,
  type TaskDto,
  TaskName,
  TaskTarget,
  withFolderNames,
  withNamespace,
  writesFiles,
} from '#lib/domain/task/task.ts';
import { AppError, NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { lockConnection } from '#lib/store/connection/connections.ts';
import { taskNamesLike } from '#lib/store/run/task-changes.ts';
import { chosenTargetOf, insertTask } from '#lib/store/run/tasks.ts';
import { toStoredMethod } from '#lib/store/run/update-method.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { nameTaken } from '../connection/name-taken.ts';
import { closedConnections, requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { COPIED_NAME_MAX, nameOfCopy } from '../unused-name.ts';
import { write } from '../write.ts';
import { type Claim, claimTables } from './claim-tables.ts';
import { getTask } from './get-task.ts';
import { requireTask } from './require-task.ts';

/** `name`: default is that of the task followed by `copy`. */
export const DuplicateTaskInput = z.object({ taskId: idSchema('task'), name: TaskName.optional() });
export type DuplicateTaskInput = z.input<typeof DuplicateTaskInput>;

/** Creates a task with the same datasets and settings, in its own schema or folder, without schedule and runs. */
export async function duplicateTask({ ctx, input }: Call<DuplicateTaskInput>): Promise<TaskDto> {
  const actor = requireRole(ctx, 'editor');
  const { taskId: from, name: wanted } = DuplicateTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId: from });
  const taskId = newId('task');
  const closed = await closedConnections(ctx);
  try {
    await write(ctx, async (tx, audit) => {
      const task = await requireTask({ db: tx }, from);
      const { connectionId } = task;
      if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
      const name = wanted ?? nameOfCopy(task.name, await taskNamesLike(tx, task.name.slice(0, COPIED_NAME_MAX)));
      const datasetIds = task.datasets.map(({ dataset }) => dataset.id);
      const claim = { connectionId, datasetIds, target: chosenTargetOf(task), taskId: null, closed };
      const { target, namespace } = await claimFreePlace(tx, claim, { connection: task.connection.name, task: name });
      await insertTask(tx, {
        ...{ id: taskId, name, connectionId, datasetIds, namespace, targetId: target.targetId },
        method: toStoredMethod(target.method),
        gatewayWaitMinutes: task.gatewayWaitMinutes,
        settings: target.settings,
        createdById: actorRef(actor).userId ?? actor.kind,
      });
      await audit({ action: 'task.duplicate', subjectId: taskId, detail: { name, from, namespace } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('task', error);
    throw error;
  }
  return getTask({ ctx, input: { taskId } });
}

/** Maximum length of the original name: schemas have at most 48 characters. */
const PLACE_MAX = 38;
const PLACES_TRIED = 50;

/** The target with the first namespace `…_copy`, `…_copy_2` whose tables belong to no task. */
async function claimFreePlace(
  tx: Tx,
  claim: Claim,
  names: FolderNames,
): Promise<{ readonly target: TaskTarget; readonly namespace: string }> {
  const before = namespaceOf(claim.target);
  const base = `${before.slice(0, PLACE_MAX)}_copy`;
  for (let number = 1; ; number++) {
    const schema = number === 1 ? base : `${base}_${number}`;
    const target = TaskTarget.parse(
      withNamespace(claim.target, writesFiles(claim.target) ? copyOfFolder(before, number) : schema),
    );
    const resolved = withFolderNames(target, names);
    try {
      await claimTables(tx, { ...claim, target: resolved });
      return { target, namespace: namespaceOf(resolved) };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'table-taken' || number === PLACES_TRIED) throw error;
    }
  }
}
