import type { z } from 'zod';
import { actorRef } from '#lib/domain/account/actor.ts';
import { CreateTaskInput, namespaceOf, type TaskDto, withFolderNames } from '#lib/domain/task/task.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { lockConnection } from '#lib/store/connection/connections.ts';
import { insertTask } from '#lib/store/run/tasks.ts';
import { toStoredMethod } from '#lib/store/run/update-method.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { nameTaken } from '../connection/name-taken.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { closedConnections, requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { claimTables } from './claim-tables.ts';
import { getTask } from './get-task.ts';

/**
 * Creates a task.
 * @throws InvalidInputError `method-does-not-fit`, `target-not-reached`; ConflictError `table-taken` (field `target.settings.schema` or
 * `.folder`), `name-taken`.
 */
export async function createTask({ ctx, input }: Call<z.input<typeof CreateTaskInput>>): Promise<TaskDto> {
  const actor = requireRole(ctx, 'editor');
  const { name, connectionId, datasetIds, target, gatewayWaitMinutes } = CreateTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  const taskId = newId('task');
  const closed = await closedConnections(ctx);
  try {
    await write(ctx, async (tx, audit) => {
      if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
      const resolved = withFolderNames(target, {
        connection: (await requireConnection({ db: tx }, connectionId)).name,
        task: name,
      });
      const namespace = namespaceOf(resolved);
      const datasets = await claimTables(tx, { connectionId, datasetIds, target: resolved, taskId: null, closed });
      await insertTask(tx, {
        id: taskId,
        name,
        connectionId,
        targetId: target.targetId,
        method: toStoredMethod(target.method),
        namespace,
        settings: target.settings,
        gatewayWaitMinutes,
        createdById: actorRef(actor).userId ?? actor.kind,
        datasetIds: datasets.map((row) => row.id),
      });
      await audit({ action: 'task.create', subjectId: taskId, detail: { name, connectionId, method: target.method, namespace } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('task', error);
    throw error;
  }
  return getTask({ ctx, input: { taskId } });
}
