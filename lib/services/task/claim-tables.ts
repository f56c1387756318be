import { sideTableBase, sideTablesOf } from '#lib/domain/task/side-tables.ts';
import { namespaceOf, type TaskTarget } from '#lib/domain/task/task.ts';
import { METHOD_WRITES, NAMESPACE_LABEL, UPDATE_METHOD_LABEL } from '#lib/domain/task/update-method.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { type DatasetRow, findDatasets } from '#lib/store/metadata/datasets.ts';
import { findTarget, lockTarget, type TargetRow } from '#lib/store/run/targets.ts';
import { findOwners, lockNamespace, type OwnedTable } from '#lib/store/run/tasks.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { requireReachedTarget } from './require-reached-target.ts';

/** The tables that a task will write. */
export interface Claim {
  readonly connectionId: string;
  readonly datasetIds: readonly string[];
  readonly target: TaskTarget;
  /** Id of the task; null while it does not exist. */
  readonly taskId: string | null;
}

/**
 * Locks the tables of a task until the transaction ends: a table (location of the target, namespace, dataset) belongs to one task, so that
 * two tasks never delete each other's rows. Returns the datasets in the chosen order.
 * @throws NotFoundError; InvalidInputError `method-does-not-fit`, `target-not-reached`, `table-taken`; ConflictError `table-taken` (field
 * `target.settings.schema` or `.folder`).
 */
export async function claimTables(tx: Tx, { connectionId, datasetIds, target, taskId }: Claim): Promise<DatasetRow[]> {
  const datasets = await requireDatasetsOf(tx, connectionId, [...new Set(datasetIds)]);
  const names = datasets.map((row) => row.name);
  const row = await requireFit(tx, target);
  await requireReachedTarget(tx, connectionId, row);
  await requireOwnTables(tx, names, { target, taskId, row });
  return datasets;
}

/**
 * Locks the namespace of the task until the transaction ends.
 * @throws InvalidInputError, ConflictError `table-taken` when two datasets or two tasks would write the same table
 */
export async function requireOwnTables(
  tx: Tx,
  names: readonly string[],
  { target, taskId, row: { kind, settings } }: Pick<Claim, 'target' | 'taskId'> & { readonly row: TargetRow },
): Promise<void> {
  requireDifferentTables(names, target);
  const address = addressOf({ kind, settings, namespace: namespaceOf(target) });
  await lockNamespace(tx, address);
  await requireFreeTables(tx, { kind, target, address, datasetNames: tablesOf(names, target), exceptTaskId: taskId });
}

/** A text that is equal for two namespaces exactly when they are the same tables or folders. */
export function addressOf({ kind, settings, namespace }: Pick<OwnedTable, 'kind' | 'settings' | 'namespace'>): string {
  return findTargetModule(kind).address(settings, namespace);
}

/** In the chosen order. */
async function requireDatasetsOf(tx: Tx, connectionId: string, ids: readonly string[]): Promise<DatasetRow[]> {
  const rows = new Map((await findDatasets(tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = rows.get(id);
    if (row === undefined || row.connectionId !== connectionId) throw new NotFoundError('dataset');
    return row;
  });
}

/** The target, locked until the transaction ends. @throws NotFoundError; InvalidInputError `method-does-not-fit` */
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

/** The names of all tables that the task writes, and of the datasets to which such a name could belong as an additional table. */
export function tablesOf(names: readonly string[], target: TaskTarget): string[] {
  const bases = names.map(sideTableBase).filter((base) => base !== null);
  return [...new Set([...names, ...names.flatMap((name) => sideTablesOf(name, target)), ...bases])];
}

/** @throws InvalidInputError when the name of a dataset is also that of an additional table of another dataset. */
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
  readonly target: TaskTarget;
  readonly address: string;
  readonly datasetNames: readonly string[];
  readonly exceptTaskId: string | null;
}

/** Two targets may have the same location, so owners are found by location, not by target id. */
async function requireFreeTables(tx: Tx, { target, address, ...wanted }: Wanted): Promise<void> {
  const owners = await findOwners(tx, wanted);
  const taken = owners.find((owner) => addressOf(owner) === address);
  if (taken === undefined) return;
  const label = NAMESPACE_LABEL[METHOD_WRITES[target.method]].toLowerCase();
  throw new ConflictError({
    code: 'table-taken',
    title: `${namespaceOf(target)}/${taken.datasetName} belongs to the task ${taken.taskName}.`,
    remedy: `Choose another ${label}, or leave this dataset out.`,
    fixer: 'you',
    field: `target.settings.${label}`,
    link: `/tasks/${taken.taskId}`,
  });
}
