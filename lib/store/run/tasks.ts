import type { RunSummaryDto } from '#lib/domain/run/run.ts';
import { type TaskDto, type TaskSummaryDto, TaskTarget } from '#lib/domain/task/task.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson } from '#lib/store/json.ts';
import type { UpdateMethod as StoredMethod } from '#prisma/generated/enums.ts';
import { findLastRuns } from './run-summaries.ts';
import { fromStoredMethod } from './update-method.ts';

const TASK = {
  id: true,
  name: true,
  connectionId: true,
  targetId: true,
  method: true,
  namespace: true,
  settings: true,
  createdAt: true,
  connection: { select: { name: true } },
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
  readonly createdAt: Date;
  readonly connection: { readonly name: string };
  readonly target: { readonly name: string; readonly kind: string };
  readonly datasets: readonly {
    readonly dataset: { readonly id: string; readonly name: string };
  }[];
}

/** Where and how the task writes; parsed, because settings outlive the version that wrote them. */
export function targetOf(row: {
  readonly method: StoredMethod;
  readonly targetId: string;
  readonly settings: unknown;
}): TaskTarget {
  return TaskTarget.parse({ method: fromStoredMethod(row.method), targetId: row.targetId, settings: row.settings });
}

/** `lastRun`: undefined when it never ran. */
function toTaskSummaryDto(row: TaskRow, lastRun: RunSummaryDto | undefined): TaskSummaryDto {
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
    lastRun: lastRun ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Tasks by name, each with its last run. */
export async function listTaskSummaries(db: Db, connectionId: string | null): Promise<TaskSummaryDto[]> {
  const rows = await listTaskRows(db, connectionId);
  const lastRuns = await findLastRuns(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => toTaskSummaryDto(row, lastRuns.get(row.id)));
}

/** The task with its last run and the titles of its datasets. */
export async function readTaskDto(db: Db, row: TaskRow): Promise<TaskDto> {
  const lastRuns = await findLastRuns(db, [row.id]);
  const ids = row.datasets.map(({ dataset }) => dataset.id);
  const titles = await db.$queryRaw<{ readonly id: string; readonly title: string }[]>`
    SELECT id, definition ->> 'title' AS title FROM datasets WHERE id = ANY(${ids})`;
  const titleOf = new Map(titles.map(({ id, title }) => [id, title]));
  return {
    ...toTaskSummaryDto(row, lastRuns.get(row.id)),
    target: targetOf(row),
    datasets: row.datasets.map(({ dataset }) => ({ ...dataset, title: titleOf.get(dataset.id) ?? dataset.name })),
  };
}

export async function listTaskRows(db: Db | Tx, connectionId: string | null): Promise<TaskRow[]> {
  return db.task.findMany({ where: connectionId === null ? {} : { connectionId }, select: TASK, orderBy: { name: 'asc' } });
}

export async function findTask(db: Db | Tx, id: string): Promise<TaskRow | null> {
  return db.task.findUnique({ where: { id }, select: TASK });
}

/** One table or folder that a task owns already. */
export interface OwnedTable {
  readonly datasetName: string;
  readonly taskId: string;
  readonly taskName: string;
  readonly kind: string;
  /** Of the target. */
  readonly settings: unknown;
  readonly namespace: string;
}

/** Tables of these names that belong to a task, in all targets of the kind. A table name doesn't identify a connection, so tasks of all connections count. */
export async function findOwners(
  tx: Tx,
  { kind, datasetNames }: { readonly kind: string; readonly datasetNames: readonly string[] },
): Promise<OwnedTable[]> {
  const rows = await tx.taskDataset.findMany({
    where: { task: { target: { kind } }, dataset: { name: { in: [...datasetNames] } } },
    select: {
      dataset: { select: { name: true } },
      task: { select: { id: true, name: true, namespace: true, target: { select: { settings: true } } } },
    },
    orderBy: { dataset: { name: 'asc' } },
  });
  return rows.map(({ dataset, task }) => ({
    ...{ datasetName: dataset.name, taskId: task.id, taskName: task.name },
    ...{ kind, settings: task.target.settings, namespace: task.namespace },
  }));
}

/** Holds a namespace until the transaction ends: two tasks can't claim one table at once. @param address of the namespace, by the target's module */
export async function lockNamespace(tx: Tx, address: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`entrada:place:${address}`}))`;
}

/** Holds the task until the transaction ends, so that a start and a deletion, or two starts, come one after the other. False when it is gone. */
export async function lockTask(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT id FROM tasks WHERE id = ${id} FOR UPDATE`;
  return rows.length === 1;
}

export interface NewTask {
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

/** A name that is taken is a unique violation. */
export async function insertTask(tx: Tx, task: NewTask): Promise<void> {
  const { datasetIds, settings, ...row } = task;
  await tx.task.create({ data: { ...row, settings: toJson(settings) }, select: { id: true } });
  await tx.taskDataset.createMany({ data: datasetIds.map((datasetId, position) => ({ taskId: task.id, datasetId, position })) });
}

/** Deletes the task with its runs' history. What it landed stays. */
export async function deleteTaskRow(tx: Tx, id: string): Promise<void> {
  await tx.task.delete({ where: { id }, select: { id: true } });
}
