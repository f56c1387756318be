import type { RunState } from '#lib/domain/run/run.ts';
import { EMPTY_SERIES, type RunSeries, type SeriesPoint } from '#lib/domain/run/run-series.ts';
import type { RunTotals, TaskRunPoint } from '#lib/domain/run/task-series.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** The series of a run as far as it was written; empty where nothing was. */
export async function findRunSeries(db: Db | Tx, runId: string): Promise<RunSeries> {
  const row = await db.runSeries.findUnique({ where: { runId } });
  if (row === null) return EMPTY_SERIES;
  return { stepSeconds: row.stepSeconds, points: row.points as unknown as readonly SeriesPoint[] };
}

/** Writes the series of a run whose row is locked. */
export async function saveRunSeries(tx: Tx, runId: string, { stepSeconds, points }: RunSeries): Promise<void> {
  const values = { stepSeconds, points: points.map((point) => [...point]) };
  await tx.runSeries.upsert({ where: { runId }, create: { runId, ...values }, update: values, select: { runId: true } });
}

/** Writes the sums of a run over its datasets, which have all ended. */
export async function setRunSums(tx: Tx, runId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE runs SET sums = (
      SELECT jsonb_build_object(
        'rowsRead', coalesce(sum((counts ->> 'rowsRead')::float8), 0),
        'inserted', coalesce(sum((counts ->> 'inserted')::float8), 0),
        'updated', coalesce(sum((counts ->> 'updated')::float8), 0),
        'deleted', coalesce(sum((counts ->> 'deleted')::float8), 0),
        'requests', coalesce(sum((counts ->> 'requests')::float8), 0))
      FROM dataset_runs WHERE run_id = ${runId})
    WHERE id = ${runId}`;
}

interface EndedRunRow {
  readonly taskId: string;
  readonly id: string;
  readonly state: RunState;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date;
  readonly sums: RunTotals | null;
}

/** The last `limit` ended runs of each task, the oldest first, by task id; one query, however many tasks there are. */
export async function listEndedRuns(
  db: Db,
  taskIds: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly TaskRunPoint[]>> {
  const rows = await db.$queryRaw<EndedRunRow[]>`
    SELECT last.* FROM unnest(${taskIds}::text[]) AS wanted(id) CROSS JOIN LATERAL (
      SELECT task_id AS "taskId", id, state::text AS state, queued_at AS "queuedAt", started_at AS "startedAt", ended_at AS "endedAt", sums
      FROM runs WHERE task_id = wanted.id AND ended_at IS NOT NULL
      ORDER BY queued_at DESC, id DESC LIMIT ${limit}) last`;
  const byTask = new Map<string, TaskRunPoint[]>();
  for (const row of rows) {
    const points = byTask.get(row.taskId);
    // The newest comes first.
    if (points === undefined) byTask.set(row.taskId, [toPoint(row)]);
    else points.unshift(toPoint(row));
  }
  return byTask;
}

function toPoint({ id, state, queuedAt, startedAt, endedAt, sums }: EndedRunRow): TaskRunPoint {
  return {
    runId: id,
    state,
    queuedAt: queuedAt.toISOString(),
    seconds: startedAt === null ? null : Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1000,
    ...{ rowsRead: 0, inserted: 0, updated: 0, deleted: 0, requests: 0 },
    ...sums,
  };
}
