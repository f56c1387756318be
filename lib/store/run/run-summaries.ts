import { type RunState, type RunSummaryDto, type RunSums, runSums } from '#lib/domain/run/run.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import type { UpdateMethod as StoredMethod } from '#prisma/generated/enums.ts';
import { STARTER_COLUMNS, type StarterRow, starterOf } from './run-starter.ts';
import { fromStoredMethod } from './update-method.ts';

const SUMMARY = {
  id: true,
  taskId: true,
  state: true,
  method: true,
  ...STARTER_COLUMNS,
  queuedAt: true,
  startedAt: true,
  endedAt: true,
  task: { select: { name: true } },
} as const;

interface SummaryRow extends StarterRow {
  readonly id: string;
  readonly taskId: string;
  readonly state: RunState;
  readonly method: StoredMethod;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly task: { readonly name: string };
}

export interface RunFilter {
  readonly taskId: string | null;
  readonly connectionId?: string | null;
  /** Runs of these connections are left out. */
  readonly closedConnectionIds?: readonly string[];
  readonly state?: RunState | null;
  /** The last run of the previous page. */
  readonly after?: { readonly queuedAt: Date; readonly id: string } | null;
}

function whereOf({ taskId, connectionId = null, closedConnectionIds = [], state = null, after = null }: RunFilter) {
  return {
    ...(closedConnectionIds.length === 0 ? {} : { NOT: { task: { connectionId: { in: [...closedConnectionIds] } } } }),
    ...(taskId === null ? {} : { taskId }),
    ...(connectionId === null ? {} : { task: { connectionId } }),
    ...(state === null ? {} : { state }),
    ...(after === null ? {} : { OR: [{ queuedAt: { lt: after.queuedAt } }, { queuedAt: after.queuedAt, id: { lt: after.id } }] }),
  };
}

/** Newest first. The database sums up the counters of their datasets. */
export async function listRunSummaries(
  db: Db,
  filter: (RunFilter | { readonly connectionIds: readonly string[] }) & { readonly limit: number },
): Promise<RunSummaryDto[]> {
  const rows = await db.run.findMany({
    where: 'connectionIds' in filter ? { task: { connectionId: { in: [...filter.connectionIds] } } } : whereOf(filter),
    select: SUMMARY,
    orderBy: [{ queuedAt: 'desc' }, { id: 'desc' }],
    take: filter.limit,
  });
  return toSummaries(db, rows);
}

/** The newest run of each task, by task id; a task that never ran is absent. */
export async function findLastRuns(db: Db | Tx, taskIds: readonly string[]): Promise<ReadonlyMap<string, RunSummaryDto>> {
  const newest = await db.$queryRaw<{ readonly id: string }[]>`
    SELECT DISTINCT ON (task_id) id FROM runs WHERE task_id = ANY(${taskIds}) ORDER BY task_id, queued_at DESC, id DESC`;
  const rows = await db.run.findMany({ where: { id: { in: newest.map(({ id }) => id) } }, select: SUMMARY });
  return new Map((await toSummaries(db, rows)).map((run) => [run.taskId, run]));
}

async function toSummaries(db: Db | Tx, rows: readonly SummaryRow[]): Promise<RunSummaryDto[]> {
  const ids = rows.map(({ id }) => id);
  // Cast to float8: sums of bigint are numeric, which the driver returns as text.
  const sums = await db.$queryRaw<(RunSums & { readonly runId: string })[]>`
    SELECT run_id AS "runId",
      count(*)::int AS "datasetsTotal",
      (count(*) FILTER (WHERE state IN ('done', 'partial')))::int AS "datasetsDone",
      (count(*) FILTER (WHERE state IN ('failed', 'incomplete')))::int AS "datasetsFailed",
      coalesce(sum((counts ->> 'rowsRead')::float8), 0) AS "rowsRead",
      coalesce(sum((counts ->> 'inserted')::float8), 0) AS "inserted",
      coalesce(sum((counts ->> 'updated')::float8), 0) AS "updated",
      coalesce(sum((counts ->> 'deleted')::float8), 0) AS "deleted"
    FROM dataset_runs WHERE run_id = ANY(${ids}) GROUP BY run_id`;
  const byRun = new Map(sums.map(({ runId, ...sum }) => [runId, sum]));
  return rows.map((row) => ({ ...toRunHeader(row), ...(byRun.get(row.id) ?? runSums([])) }));
}

/** What a run and its summary have in common. */
export function toRunHeader(row: SummaryRow): Omit<RunSummaryDto, keyof RunSums> {
  return {
    id: row.id,
    taskId: row.taskId,
    taskName: row.task.name,
    state: row.state,
    method: fromStoredMethod(row.method),
    startedBy: starterOf(row),
    queuedAt: row.queuedAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
