import { datasetFolder } from '#lib/domain/task/lake-folder.ts';
import { sideTablesWrittenBeside, tableOfSideTable } from '#lib/domain/task/side-tables.ts';
import { keepsDeletedRows, namespaceOf, type TaskTarget, tableNamesOf, writesFiles } from '#lib/domain/task/task.ts';
import { METHOD_WRITES, NAMESPACE_LABEL, UPDATE_METHOD_LABEL } from '#lib/domain/task/update-method.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { type DatasetRow, findDatasets } from '#lib/store/metadata/datasets.ts';
import { findTarget, lockTarget, type TargetRow } from '#lib/store/run/targets.ts';
import { listDatasetNames, listTaskPlaces, lockNamespace } from '#lib/store/run/tasks.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { requirePublishFits } from './require-publish-fits.ts';
import { requireReachedTarget } from './require-reached-target.ts';

/** The tables that a task will write. */
export interface Claim {
  readonly connectionId: string;
  readonly datasetIds: readonly string[];
  readonly target: TaskTarget;
  /** Id of the task; null while it does not exist. */
  readonly taskId: string | null;
  /** Ids of the connections that are closed to who asks: a refusal does not name their tasks. */
  readonly closed: readonly string[];
}

/**
 * Locks the tables of a task until the transaction ends: a table (location of the target, namespace, dataset) belongs to one task, so that
 * two tasks never delete each other's rows. Returns the datasets in the chosen order.
 * @throws NotFoundError; InvalidInputError `method-does-not-fit`, `option-does-not-fit`, `target-not-reached`, `table-taken`; ConflictError `table-taken` (field
 * `target.settings.schema` or `.folder`).
 */
export async function claimTables(tx: Tx, { connectionId, datasetIds, target, taskId, closed }: Claim): Promise<DatasetRow[]> {
  const datasets = await requireDatasetsOf(tx, connectionId, [...new Set(datasetIds)]);
  const names = datasets.map((row) => row.name);
  const row = await requireFit(tx, target);
  await requireReachedTarget(tx, connectionId, row);
  await requirePublishFits(tx, connectionId, target, row);
  await requireOwnTables(tx, names, { target, taskId, row, closed });
  return datasets;
}

/**
 * Locks the namespace of the task until the transaction ends.
 * @throws InvalidInputError, ConflictError `table-taken` when two datasets or two tasks would write the same table
 */
export async function requireOwnTables(
  tx: Tx,
  names: readonly string[],
  { target, taskId, closed, row: { kind, settings } }: Pick<Claim, 'target' | 'taskId' | 'closed'> & { readonly row: TargetRow },
): Promise<void> {
  requireDifferentTables(names, target);
  await lockNamespace(tx, lockOf(kind, settings, target));
  const except = taskId === null ? {} : { taskId };
  await requireFreeTables(tx, { kind, settings, target, datasetNames: names, except, closed });
}

/**
 * What is locked while tables are claimed: their namespace. Folders of different tasks may lead to the same folder of a dataset, so all folders of
 * the kind have one lock.
 */
export function lockOf(kind: string, settings: unknown, target: TaskTarget): string {
  return writesFiles(target) ? `${kind}:folders` : findTargetModule(kind).address(settings, namespaceOf(target));
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

/** The target, locked until the transaction ends. @throws NotFoundError; InvalidInputError `method-does-not-fit`, `option-does-not-fit` */
async function requireFit(tx: Tx, wanted: TaskTarget): Promise<TargetRow> {
  const { targetId, method } = wanted;
  const target = (await lockTarget(tx, targetId)) ? await findTarget(tx, targetId) : null;
  if (target === null) throw new NotFoundError('target');
  const { methods: fitting, capabilities } = findTargetModule(target.kind);
  if (keepsDeletedRows(wanted) && !capabilities.softDelete) throw noSoftDelete(target.name);
  if (fitting.includes(method)) return target;
  throw new InvalidInputError({
    code: 'method-does-not-fit',
    title: `${UPDATE_METHOD_LABEL[method]} does not work with ${target.name}.`,
    remedy: `Choose ${fitting.map((name) => UPDATE_METHOD_LABEL[name]).join(' or ')}.`,
    fixer: 'you',
    field: 'target.method',
  });
}

function noSoftDelete(target: string): InvalidInputError {
  return new InvalidInputError({
    code: 'option-does-not-fit',
    title: `${target} cannot keep deleted rows.`,
    remedy: 'Switch soft delete off, or choose a PostgreSQL target.',
    fixer: 'you',
    field: 'target.settings.softDelete',
  });
}

/** The names of all tables that the task writes, and of those beside whose side tables its own would be. */
function tablesOf(tables: readonly string[], target: TaskTarget): string[] {
  const bases = tables.map(tableOfSideTable).filter((base) => base !== null);
  return [...new Set([...tables, ...tables.flatMap((table) => sideTablesWrittenBeside(table, target)), ...bases])];
}

/** @throws InvalidInputError when two datasets have the same table, or one has the name of a table that is written beside another one. */
function requireDifferentTables(datasets: readonly string[], target: TaskTarget): void {
  const tables = tableNamesOf(datasets, target);
  for (const [at, table] of tables.entries()) {
    const name = datasets[at] ?? table;
    const other = tables.indexOf(table) === at ? undefined : datasets[tables.indexOf(table)];
    if (other !== undefined) throw sameTable(table, [other, name]);
    const side = sideTablesWrittenBeside(table, target).find((one) => tables.includes(one));
    if (side === undefined) continue;
    throw new InvalidInputError({
      code: 'table-taken',
      title: `The table ${side} belongs to ${name}, but a dataset of the task has this name, too.`,
      remedy: `Remove ${side} or ${name} from the task, or put one of the two into another task with another namespace.`,
      fixer: 'you',
      field: 'datasetIds',
    });
  }
}

function sameTable(table: string, [one, other]: readonly [string, string]): InvalidInputError {
  return new InvalidInputError({
    code: 'table-taken',
    title: `The name rules of the task give ${one} and ${other} the same table name: ${table}.`,
    remedy: 'Change the rule for one of the two datasets.',
    fixer: 'you',
    field: 'target.settings.names',
  });
}

interface Wanted {
  readonly kind: string;
  /** Of the target. */
  readonly settings: unknown;
  readonly target: TaskTarget;
  readonly datasetNames: readonly string[];
  readonly except: { readonly taskId?: string; readonly targetId?: string };
  readonly closed: Claim['closed'];
}

/**
 * Two targets may have the same location, so owners are found by location, not by target id.
 * @throws ConflictError `table-taken`
 */
export async function requireFreeTables(tx: Tx, { kind, settings, target, datasetNames, except, closed }: Wanted): Promise<void> {
  const { address } = findTargetModule(kind);
  const placeOf = (at: unknown, of: TaskTarget, table: string): string =>
    writesFiles(of) ? address(at, datasetFolder(namespaceOf(of), table)) : `${address(at, namespaceOf(of))}/${table}`;
  const places = await listTaskPlaces(tx, { kind, except });
  const names = await listDatasetNames(
    tx,
    places.map(({ taskId }) => taskId),
  );
  const wanted = new Map(
    tablesOf(tableNamesOf(datasetNames, target), target).map((table) => [placeOf(settings, target, table), table]),
  );
  for (const place of places) {
    for (const taken of tableNamesOf(names.get(place.taskId) ?? [], place.target)) {
      const at = placeOf(place.settings, place.target, taken);
      const owner = closed.includes(place.connectionId) ? null : place;
      const table = wanted.get(at);
      if (table !== undefined) throw tableTaken(target, table, owner);
      if (!writesFiles(target)) continue;
      // Readers of the outer folder would take the files of the inner one for its own, and a run that removes old files would delete them.
      const nested = [...wanted].find(([path]) => path.startsWith(`${at}/`) || at.startsWith(`${path}/`));
      if (nested !== undefined)
        throw folderNested(target, nested[1], { owner, folder: folderOf(place.target, taken), at, path: nested[0] });
    }
  }
}

/** Null: a task that who asks may not see. */
type Owner = { readonly taskId: string; readonly taskName: string } | null;

function inWords(owner: Owner): string {
  return owner === null ? 'a task of a connection that you may not see' : `the task ${owner.taskName}`;
}

function folderOf(target: TaskTarget, table: string): string {
  return datasetFolder(namespaceOf(target), table);
}

interface Nested {
  readonly owner: Owner;
  /** Of a dataset of the other task, below its target. */
  readonly folder: string;
  /** Addresses of both folders. */
  readonly at: string;
  readonly path: string;
}

function folderNested(target: TaskTarget, table: string, { owner, folder, at, path }: Nested): ConflictError {
  const mine = folderOf(target, table);
  const lies = path.startsWith(`${at}/`) ? `lies inside ${folder}, a folder` : `contains ${folder}, a folder`;
  return new ConflictError({
    code: 'table-taken',
    title: `The folder ${mine} ${lies} of ${inWords(owner)}.`,
    remedy: 'Choose a folder beside it: readers of one would take the files of the other for its own.',
    fixer: 'you',
    field: 'target.settings.folder',
    ...(owner === null ? {} : { link: `/tasks/${owner.taskId}` }),
  });
}

function tableTaken(target: TaskTarget, table: string, owner: Owner): ConflictError {
  const label = NAMESPACE_LABEL[METHOD_WRITES[target.method]].toLowerCase();
  const path = writesFiles(target) ? folderOf(target, table) : `${namespaceOf(target)}/${table}`;
  return new ConflictError({
    code: 'table-taken',
    title: `${path} belongs to ${inWords(owner)}.`,
    remedy: `Choose another ${label}, or remove this dataset from the task.`,
    fixer: 'you',
    field: `target.settings.${label}`,
    ...(owner === null ? {} : { link: `/tasks/${owner.taskId}` }),
  });
}
