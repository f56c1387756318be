import type { z } from 'zod';
import { actorRef } from '#lib/domain/account/actor.ts';
import { sideTableBase, sideTablesOf } from '#lib/domain/task/side-tables.ts';
import { CreateTaskInput, namespaceOf, type TaskDto, type TaskTarget } from '#lib/domain/task/task.ts';
import { METHOD_WRITES, NAMESPACE_LABEL, UPDATE_METHOD_LABEL } from '#lib/domain/task/update-method.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { lockConnection } from '#lib/store/connection/connections.ts';
import { type DatasetRow, findDatasets } from '#lib/store/metadata/datasets.ts';
import { findTarget, lockTarget, type TargetRow } from '#lib/store/run/targets.ts';
import { findOwners, insertTask, lockNamespace } from '#lib/store/run/tasks.ts';
import { toStoredMethod } from '#lib/store/run/update-method.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { nameTaken } from '../connection/name-taken.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { getTask } from './get-task.ts';

/**
 * Makes a task. A table (where the target is, namespace, dataset) belongs to one task, so that two never reload each other's rows away.
 * @throws InvalidInputError `method-does-not-fit`; ConflictError `table-taken` (field `target.settings.schema` or `.folder`), `name-taken`.
 */
export async function createTask({ ctx, input }: Call<z.input<typeof CreateTaskInput>>): Promise<TaskDto> {
  const actor = requireRole(ctx, 'editor');
  const { name, connectionId, datasetIds, target } = CreateTaskInput.parse(input);
  const taskId = newId('task');
  const namespace = namespaceOf(target);
  const field = `target.settings.${NAMESPACE_LABEL[METHOD_WRITES[target.method]].toLowerCase()}`;
  try {
    await write(ctx, async (tx, audit) => {
      if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
      const datasets = await requireDatasetsOf(tx, connectionId, [...new Set(datasetIds)]);
      const names = datasets.map((row) => row.name);
      requireDifferentTables(names, target);
      const { kind, settings } = await requireFit(tx, target);
      const address = addressOf({ kind, settings, namespace });
      await lockNamespace(tx, address);
      await requireFreeTables(tx, { kind, namespace, address, datasetNames: tablesOf(names, target) }, field);
      await insertTask(tx, {
        id: taskId,
        name,
        connectionId,
        targetId: target.targetId,
        method: toStoredMethod(target.method),
        namespace,
        settings: target.settings,
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

function addressOf({
  kind,
  settings,
  namespace,
}: {
  readonly kind: string;
  readonly settings: unknown;
  readonly namespace: string;
}) {
  return findTargetModule(kind).address(settings, namespace);
}

/** In the order that the person chose. */
async function requireDatasetsOf(tx: Tx, connectionId: string, ids: readonly string[]): Promise<DatasetRow[]> {
  const rows = new Map((await findDatasets(tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = rows.get(id);
    if (row === undefined || row.connectionId !== connectionId) throw new NotFoundError('dataset');
    return row;
  });
}

/** The target, held until the task is there. @throws NotFoundError; InvalidInputError `method-does-not-fit` */
async function requireFit(tx: Tx, { targetId, method }: TaskTarget): Promise<TargetRow> {
  const target = (await lockTarget(tx, targetId)) ? await findTarget(tx, targetId) : null;
  if (target === null) throw new NotFoundError('target');
  const fitting = findTargetModule(target.kind).methods;
  if (fitting.includes(method)) return target;
  throw new InvalidInputError({
    code: 'method-does-not-fit',
    title: `${UPDATE_METHOD_LABEL[method]} does not work with ${target.name}.`,
    remedy: `Choose ${fitting.map((name) => UPDATE_METHOD_LABEL[name]).join(' or ')}.`,
    fixer: 'you',
    field: 'target.method',
  });
}

/** The names of all tables that the task writes, and of those beside whose side tables its own would be. */
function tablesOf(names: readonly string[], target: TaskTarget): string[] {
  const bases = names.map(sideTableBase).filter((base) => base !== null);
  return [...new Set([...names, ...names.flatMap((name) => sideTablesOf(name, target)), ...bases])];
}

/** @throws InvalidInputError when a dataset has the name of a table that is written beside another one. */
function requireDifferentTables(names: readonly string[], target: TaskTarget): void {
  for (const name of names) {
    const side = sideTablesOf(name, target).find((table) => names.includes(table));
    if (side === undefined) continue;
    throw new InvalidInputError({
      code: 'table-taken',
      title: `The table ${side} belongs to ${name}, but a dataset of the task has this name, too.`,
      remedy: `Leave ${side} or ${name} out, or put one of them into another task with another namespace.`,
      fixer: 'you',
      field: 'datasetIds',
    });
  }
}

interface Wanted {
  readonly kind: string;
  readonly namespace: string;
  readonly address: string;
  readonly datasetNames: readonly string[];
}

/** Two targets may lead to the same tables or folders: owners are found by where these are. */
async function requireFreeTables(tx: Tx, wanted: Wanted, field: string): Promise<void> {
  const owners = await findOwners(tx, wanted);
  const taken = owners.find((owner) => addressOf(owner) === wanted.address);
  if (taken === undefined) return;
  throw new ConflictError({
    code: 'table-taken',
    title: `${wanted.namespace}/${taken.datasetName} belongs to the task ${taken.taskName}.`,
    remedy: `Choose another ${field.slice(field.lastIndexOf('.') + 1)}, or leave this dataset out.`,
    fixer: 'you',
    field,
    link: `/tasks/${taken.taskId}`,
  });
}
