import type { RunSummaryDto } from '#lib/domain/run/run.ts';
import { RECENT_RUNS, type TaskRunPoint } from '#lib/domain/run/task-series.ts';
import { type TaskDto, type TaskSummaryDto, TaskTarget, withNamespace } from '#lib/domain/task/task.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { gatewayRefOf } from '#lib/store/gateway/gateway-ref.ts';
import { toJson } from '#lib/store/json.ts';
import type { UpdateMethod as StoredMethod } from '#prisma/generated/enums.ts';
import { listEndedRuns } from './run-series.ts';
import { findLastRuns } from './run-summaries.ts';
import { type LandingPlace, runsThatLandedInto } from './runs.ts';
import { fromStoredMethod } from './update-method.ts';

const TASK = {
  id: true,
  name: true,
  connectionId: true,
  targetId: true,
  method: true,
  namespace: true,
  settings: true,
  gatewayWaitMinutes: true,
  createdAt: true,
  version: true,
  pausedAt: true,
  recreatedAt: true,
  toDrop: true,
  connection: {
    select: {
      name: true,
      gateway: { select: { id: true, name: true } },
      gatewayGroup: { select: { id: true, name: true } },
    },
  },
  target: { select: { name: true, kind: true } },
  datasets: { select: { dataset: { select: { id: true, name: true } } }, orderBy: { position: 'asc' } },
} as const;

export interface TaskRow {
  readonly id: string;
  readonly name: string;
  readonly connectionId: string;
  readonly targetId: string;
  readonly method: StoredMethod;
  readonly namespace: string;
  readonly settings: unknown;
  readonly gatewayWaitMinutes: number;
  readonly createdAt: Date;
  readonly version: number;
  readonly pausedAt: Date | null;
  readonly recreatedAt: Date | null;
  readonly toDrop: unknown;
  readonly connection: {
    readonly name: string;
    readonly gateway: { readonly id: string; readonly name: string } | null;
    readonly gatewayGroup: { readonly id: string; readonly name: string } | null;
  };
  readonly target: { readonly name: string; readonly kind: string };
  readonly datasets: readonly {
    readonly dataset: { readonly id: string; readonly name: string };
  }[];
}

interface TargetColumns {
  readonly method: StoredMethod;
  readonly targetId: string;
  readonly settings: unknown;
}

/** Where and how the task writes, with the folder as its names were when it was chosen. */
export function targetOf(row: TargetColumns & { readonly namespace: string }): TaskTarget {
  return withNamespace(chosenTargetOf(row), row.namespace);
}

/** The target with its folder as a person chose it. Parsed, since stored settings may be of an earlier version. */
export function chosenTargetOf(row: TargetColumns): TaskTarget {
  return TaskTarget.parse({ method: fromStoredMethod(row.method), targetId: row.targetId, settings: row.settings });
}

/** The runs of tasks that their summaries show, by task id; a task that never ran is absent. */
interface RunsOfTasks {
  readonly last: ReadonlyMap<string, RunSummaryDto>;
  readonly recent: ReadonlyMap<string, readonly TaskRunPoint[]>;
}

async function findRunsOf(db: Db, rows: readonly TaskRow[]): Promise<RunsOfTasks> {
  const ids = rows.map(({ id }) => id);
  const [last, recent] = await Promise.all([findLastRuns(db, ids), listEndedRuns(db, ids, RECENT_RUNS)]);
  return { last, recent };
}

function toTaskSummaryDto(row: TaskRow, runs: RunsOfTasks): Omit<TaskSummaryDto, 'schedule'> {
  return {
    id: row.id,
    name: row.name,
    connectionId: row.connectionId,
    connectionName: row.connection.name,
    targetName: row.target.name,
    targetKind: row.target.kind,
    method: fromStoredMethod(row.method),
    namespace: row.namespace,
    datasetNames: row.datasets.map(({ dataset }) => dataset.name),
    lastRun: runs.last.get(row.id) ?? null,
    recentRuns: runs.recent.get(row.id) ?? [],
    createdAt: row.createdAt.toISOString(),
    version: row.version,
    pausedAt: row.pausedAt?.toISOString() ?? null,
  };
}

/** Tasks sorted by name, each with its last runs. The number of queries does not depend on the number of tasks. */
export async function listTaskSummaries(db: Db, connectionId: string | null): Promise<Omit<TaskSummaryDto, 'schedule'>[]> {
  const rows = await listTaskRows(db, connectionId);
  const runs = await findRunsOf(db, rows);
  return rows.map((row) => toTaskSummaryDto(row, runs));
}

/** The task with its last run and the titles of its datasets. */
export async function readTaskDto(db: Db, row: TaskRow): Promise<Omit<TaskDto, 'schedule'>> {
  const ids = row.datasets.map(({ dataset }) => dataset.id);
  const titles = await db.$queryRaw<{ readonly id: string; readonly title: string }[]>`
    SELECT id, definition ->> 'title' AS title FROM datasets WHERE id = ANY(${ids})`;
  const titleOf = new Map(titles.map(({ id, title }) => [id, title]));
  const [runs, landed, failed] = await Promise.all([
    findRunsOf(db, [row]),
    listLandedDatasetIds(db, row),
    listFailedDatasetIds(db, row.id),
  ]);
  return {
    ...toTaskSummaryDto(row, runs),
    gateway: gatewayRefOf(row.connection),
    gatewayWaitMinutes: row.gatewayWaitMinutes,
    target: chosenTargetOf(row),
    datasets: row.datasets.map(({ dataset }) => ({
      ...dataset,
      title: titleOf.get(dataset.id) ?? dataset.name,
      landed: landed.has(dataset.id),
      failed: failed.has(dataset.id),
    })),
    awaitsDrop: row.toDrop !== null,
  };
}

/** Where a task writes now, and from which time on landed rows count. */
export function landingPlaceOf(task: TaskRow): LandingPlace {
  const { id: taskId, targetId, namespace, method, recreatedAt } = task;
  return { taskId, targetId, namespace, method, since: recreatedAt };
}

/** Datasets that a run has published into the present namespace of the task. */
export async function listLandedDatasetIds(db: Db | Tx, task: TaskRow): Promise<ReadonlySet<string>> {
  const rows = await db.datasetRun.findMany({
    where: { run: runsThatLandedInto(landingPlaceOf(task)), state: { in: ['done', 'partial'] } },
    distinct: ['datasetId'],
    select: { datasetId: true },
  });
  return new Set(rows.map(({ datasetId }) => datasetId));
}

/** Datasets of a task whose last run failed or was not proven complete. */
export async function listFailedDatasetIds(db: Db | Tx, taskId: string): Promise<ReadonlySet<string>> {
  const rows = await db.$queryRaw<{ readonly id: string }[]>`
    SELECT last.dataset_id AS id FROM task_datasets t CROSS JOIN LATERAL (
      SELECT d.dataset_id, d.state FROM dataset_runs d JOIN runs r ON r.id = d.run_id
      WHERE r.task_id = t.task_id AND d.dataset_id = t.dataset_id AND d.ended_at IS NOT NULL
      ORDER BY r.queued_at DESC, r.id DESC LIMIT 1) last
    WHERE t.task_id = ${taskId} AND last.state IN ('failed', 'incomplete')`;
  return new Set(rows.map(({ id }) => id));
}

export async function listTaskRows(db: Db | Tx, connectionId: string | null): Promise<TaskRow[]> {
  return db.task.findMany({ where: connectionId === null ? {} : { connectionId }, select: TASK, orderBy: { name: 'asc' } });
}

export async function findTask(db: Db | Tx, id: string): Promise<TaskRow | null> {
  return db.task.findUnique({ where: { id }, select: TASK });
}

/** A task that writes to a target of some kind. */
export interface TaskPlace {
  readonly taskId: string;
  readonly connectionId: string;
  readonly taskName: string;
  /** Of the target. */
  readonly settings: unknown;
  readonly namespace: string;
  readonly target: TaskTarget;
}

/** Where all tasks with a target of the kind write, but those left out. */
export async function listTaskPlaces(
  tx: Tx,
  { kind, except }: { readonly kind: string; readonly except: { readonly taskId?: string; readonly targetId?: string } },
): Promise<TaskPlace[]> {
  const rows = await tx.task.findMany({
    where: {
      target: { kind },
      ...(except.taskId === undefined ? {} : { id: { not: except.taskId } }),
      ...(except.targetId === undefined ? {} : { targetId: { not: except.targetId } }),
    },
    select: PLACE,
    orderBy: { name: 'asc' },
  });
  return rows.map(toTaskPlace);
}

/** Where the tasks of a target write. */
export async function listTaskPlacesOf(tx: Tx, targetId: string): Promise<TaskPlace[]> {
  return (await tx.task.findMany({ where: { targetId }, select: PLACE, orderBy: { name: 'asc' } })).map(toTaskPlace);
}

const PLACE = {
  id: true,
  name: true,
  connectionId: true,
  method: true,
  targetId: true,
  namespace: true,
  settings: true,
  target: { select: { settings: true } },
} as const;

function toTaskPlace(row: {
  readonly id: string;
  readonly connectionId: string;
  readonly name: string;
  readonly method: StoredMethod;
  readonly targetId: string;
  readonly namespace: string;
  readonly settings: unknown;
  readonly target: { readonly settings: unknown };
}): TaskPlace {
  const { id: taskId, name: taskName, connectionId, namespace } = row;
  return { taskId, taskName, connectionId, namespace, settings: row.target.settings, target: targetOf(row) };
}

/** Names of the datasets of tasks, by task. */
export async function listDatasetNames(tx: Tx, taskIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await tx.taskDataset.findMany({
    where: { taskId: { in: [...taskIds] } },
    select: { taskId: true, dataset: { select: { name: true } } },
    orderBy: { position: 'asc' },
  });
  const names = new Map<string, string[]>();
  for (const { taskId, dataset } of rows) names.set(taskId, [...(names.get(taskId) ?? []), dataset.name]);
  return names;
}

/** Locks a namespace until the transaction ends, so that two tasks cannot claim one table. @param address of the namespace, by the target's module */
export async function lockNamespace(tx: Tx, address: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`entrada:place:${address}`}))`;
}

/**
 * Locks the task until the transaction ends, which serialises starts and deletion. False when it does not exist. `NO KEY`: rows of other
 * transactions that refer to the task do not wait for it, nor it for them.
 */
export async function lockTask(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT id FROM tasks WHERE id = ${id} FOR NO KEY UPDATE`;
  return rows.length === 1;
}

export interface NewTask {
  readonly gatewayWaitMinutes: number;
  readonly id: string;
  readonly name: string;
  readonly connectionId: string;
  readonly targetId: string;
  readonly method: StoredMethod;
  readonly namespace: string;
  readonly settings: object;
  readonly createdById: string;
  readonly datasetIds: readonly string[];
}

/** A name that exists already is a unique violation. */
export async function insertTask(tx: Tx, task: NewTask): Promise<void> {
  const { datasetIds, settings, ...row } = task;
  await tx.task.create({ data: { ...row, settings: toJson(settings) }, select: { id: true } });
  await tx.taskDataset.createMany({ data: datasetIds.map((datasetId, position) => ({ taskId: task.id, datasetId, position })) });
}

/** Deletes the task and its runs. Landed tables and files stay. */
export async function deleteTaskRow(tx: Tx, id: string): Promise<void> {
  await tx.task.delete({ where: { id }, select: { id: true } });
}
