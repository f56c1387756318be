import { isDeepStrictEqual } from 'node:util';
import {
  isSamePlace,
  namespaceOf,
  RESERVED_SCHEMAS,
  type TaskDto,
  type TaskTarget,
  tableNamesOf,
  UpdateTaskInput,
  withFolderNames,
  withNamespace,
  writesFiles,
} from '#lib/domain/task/task.ts';
import { METHOD_WRITES, UPDATE_METHOD_LABEL } from '#lib/domain/task/update-method.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { lockConnection } from '#lib/store/connection/connections.ts';
import { findActiveRunId } from '#lib/store/run/runs.ts';
import { type TaskChange, tablesToDropOf, updateTaskRow } from '#lib/store/run/task-changes.ts';
import { chosenTargetOf, listLandedDatasetIds, lockTask, type TaskRow, targetOf } from '#lib/store/run/tasks.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { nameTaken } from '../connection/name-taken.ts';
import { closedConnections, requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { claimTables } from './claim-tables.ts';
import { dropLanded, notDroppedYet } from './drop-landed.ts';
import { getTask } from './get-task.ts';
import { requireTask } from './require-task.ts';
import { taskIsRunning } from './task-is-running.ts';

/**
 * Changes a task; landed rows stay. Datasets that are removed keep their tables. With another namespace the next run reads everything
 * and the tables in the earlier namespace stay. The update method and the names cannot change while there are landed rows: with `recreate`
 * they are dropped first. Running runs keep the settings that they started with.
 * @throws ConflictError `edited-since`, `method-locked`, `names-locked`, `task-is-running`, `table-taken`, `name-taken`; InvalidInputError
 * `method-does-not-fit`.
 */
export async function updateTask({ ctx, input }: Call<UpdateTaskInput>): Promise<TaskDto> {
  requireRole(ctx, 'editor');
  const change = UpdateTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', change);
  const { taskId } = change;
  const closed = await closedConnections(ctx);
  try {
    await write(ctx, async (tx, audit) => {
      const task = await requireVersion(tx, taskId, change.version);
      const before = targetOf(task);
      const name = change.name ?? task.name;
      const chosen = change.target ?? chosenTargetOf(task);
      const target = resolved(chosen, task, name);
      requireAllowedSchema(before, target);
      const datasetIds = change.datasetIds ?? task.datasets.map(({ dataset }) => dataset.id);
      const recreate = await recreationOf(tx, task, { before, target, recreate: change.recreate, at: ctx.clock.now() });
      if (recreate !== null || !isSamePlace(before, target)) await requireNoRun(tx, taskId);
      if (!(await lockConnection(tx, task.connectionId))) throw new NotFoundError('connection');
      const datasets = await claimTables(tx, { connectionId: task.connectionId, datasetIds, target, taskId, closed });
      const namespace = namespaceOf(target);
      const gatewayWaitMinutes = change.gatewayWaitMinutes ?? task.gatewayWaitMinutes;
      const ids = datasets.map(({ id }) => id);
      await updateTaskRow(tx, taskId, { name, target: chosen, namespace, datasetIds: ids, gatewayWaitMinutes, recreate });
      await audit({
        action: 'task.update',
        subjectId: taskId,
        detail: { ...changed(task, { name, target: chosen, datasetIds }) },
      });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('task', error);
    throw error;
  }
  await dropLanded({ ctx, input: { taskId } });
  return getTask({ ctx, input: { taskId } });
}

/** The target with the names in its folder. An unchanged folder stays where it is, whatever the task and its connection are called since. */
function resolved(chosen: TaskTarget, task: TaskRow, name: string): TaskTarget {
  const same = isSamePlace(chosenTargetOf(task), chosen);
  return same ? withNamespace(chosen, task.namespace) : withFolderNames(chosen, { connection: task.connection.name, task: name });
}

/** The task, locked. @throws NotFoundError; ConflictError `edited-since`, `landed-not-dropped` */
async function requireVersion(tx: Tx, taskId: string, version: number): Promise<TaskRow> {
  if (!(await lockTask(tx, taskId))) throw new NotFoundError('task');
  const task = await requireTask({ db: tx }, taskId);
  if (tablesToDropOf(task) !== null) throw notDroppedYet();
  if (task.version === version) return task;
  throw new ConflictError({
    code: 'edited-since',
    title: 'Another person has edited this task since you opened it.',
    remedy: 'Reload the page, check the changes, and edit again.',
    fixer: 'you',
  });
}

/** The tables to drop for this edit; null: none. @throws ConflictError `method-locked`, `names-locked` */
async function recreationOf(
  tx: Tx,
  task: TaskRow,
  { before, target, recreate, at }: { before: TaskTarget; target: TaskTarget; recreate: boolean; at: Date },
): Promise<TaskChange['recreate']> {
  const landed = await listLandedDatasetIds(tx, task);
  const staysHere = isSamePlace(before, target) && landed.size > 0;
  // The methods that write files continue from each other's files.
  const keepsFiles = writesFiles(before) && writesFiles(target);
  const changesMethod = staysHere && before.method !== target.method && !keepsFiles;
  const changesNames = staysHere && !isDeepStrictEqual(before.settings.names, target.settings.names);
  if (!recreate && !changesMethod && !changesNames) return null;
  const locked = changesNames && !changesMethod ? namesLocked : methodLocked(UPDATE_METHOD_LABEL[before.method]);
  if (findTargetModule(task.target.kind).drop === null) {
    throw locked(`Entrada cannot delete the landed data in ${task.target.name}. Choose another namespace for the task.`);
  }
  if (!recreate)
    throw locked('Choose "Drop and land again" to delete the landed data first, or choose another namespace for the task.');
  const tables = tableNamesOf(
    task.datasets.map(({ dataset }) => dataset.name),
    before,
  );
  return { at, toDrop: { target: before, tables } };
}

function methodLocked(label: string): (remedy: string) => ConflictError {
  return (remedy) =>
    new ConflictError({
      code: 'method-locked',
      title: `The update method cannot change: the landed data was written with ${label}.`,
      ...{ remedy, fixer: 'you', field: 'target.method' },
    });
}

function namesLocked(remedy: string): ConflictError {
  return new ConflictError({
    code: 'names-locked',
    title: 'The names cannot change: the landed data has the names that the task had before.',
    ...{ remedy, fixer: 'you', field: 'target.settings.names' },
  });
}

/** A task of an earlier version may keep a reserved schema. @throws InvalidInputError */
function requireAllowedSchema(before: TaskTarget, target: TaskTarget): void {
  const schema = namespaceOf(target);
  if (METHOD_WRITES[target.method] !== 'tables' || !RESERVED_SCHEMAS.has(schema) || isSamePlace(before, target)) return;
  throw new InvalidInputError({
    code: 'invalid-input',
    title: `The schema ${schema} is reserved.`,
    remedy: 'Choose another schema. Entrada creates it if it does not exist.',
    fixer: 'you',
    field: 'target.settings.schema',
  });
}

async function requireNoRun(tx: Tx, taskId: string): Promise<void> {
  const runId = await findActiveRunId(tx, taskId);
  if (runId !== null) throw taskIsRunning(runId, 'then move the task or change its update method');
}

/** Changed parts for the audit trail, with old and new value where they are short. */
function changed(
  task: TaskRow,
  after: { readonly name: string; readonly target: TaskTarget; readonly datasetIds: readonly string[] },
) {
  const had = task.datasets.map(({ dataset }) => dataset.id);
  const before = chosenTargetOf(task);
  return {
    name: after.name,
    ...(task.name === after.name ? {} : { nameBefore: task.name }),
    ...(isDeepStrictEqual(before, after.target) ? {} : { targetBefore: before, target: after.target }),
    datasetsAdded: after.datasetIds.filter((id) => !had.includes(id)),
    datasetsRemoved: had.filter((id) => !after.datasetIds.includes(id)),
  };
}
