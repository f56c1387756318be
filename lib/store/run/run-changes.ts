import type { Problem } from '#lib/domain/problem.ts';
import type { DriftDecision } from '#lib/domain/run/drift.ts';
import { nextRunState, type RejectedRows, type RunState, type UnprovenParents, type UnreadColumn } from '#lib/domain/run/run.ts';
import type { RunEnd } from '#lib/domain/run/run-end.ts';
import type { RunSeries } from '#lib/domain/run/run-series.ts';
import type { Wait } from '#lib/domain/run/wait.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson, toJsonOrNull } from '#lib/store/json.ts';
import type { DatasetRunState } from '#prisma/generated/enums.ts';
import { setRunSums } from './run-series.ts';
import { OPEN_DATASET_STATES } from './runs.ts';

/** A run that a worker has claimed. */
export interface ClaimedRun {
  readonly state: Extract<RunState, 'running' | 'cancelling'>;
  /** Number of this worker's attempt; starts at 1. */
  readonly attempt: number;
}

/** Claims a run for a worker: the previous worker can no longer write to it. Null when the run has ended or does not exist. */
export async function claimRun(db: Db, id: string, at: Date): Promise<ClaimedRun | null> {
  for (;;) {
    const run = await db.run.findUnique({ where: { id }, select: { state: true, attempt: true } });
    const to = run === null ? null : nextRunState(run.state, 'claim');
    if (run === null || (to !== 'running' && to !== 'cancelling')) return null;
    const attempt = run.attempt + 1;
    const { count } = await db.run.updateMany({
      where: { id, state: run.state, attempt: run.attempt },
      data: { state: to, attempt, ...(run.state === 'queued' ? { startedAt: at } : {}) },
    });
    if (count === 0) continue;
    await db.datasetRun.updateMany({
      where: { runId: id, state: { in: [...OPEN_DATASET_STATES] }, attempt: { lt: attempt } },
      data: { attempt },
    });
    return { state: to, attempt };
  }
}

/** A run whose row is locked until `tx` ends. */
export interface LockedRun {
  readonly state: RunState;
  readonly attempt: number;
  readonly taskId: string;
  readonly jobId: string | null;
  readonly startedAt: Date | null;
}

/** Locks the run until the transaction ends. Rows of other transactions that refer to it (progress, firings) do not wait for it. */
export async function lockRun(tx: Tx, id: string): Promise<LockedRun | null> {
  await tx.$queryRaw`SELECT 1 FROM runs WHERE id = ${id} FOR NO KEY UPDATE`;
  return tx.run.findUnique({ where: { id }, select: { state: true, attempt: true, taskId: true, jobId: true, startedAt: true } });
}

/** The run must be locked. */
export async function setRunCancelling(tx: Tx, id: string): Promise<void> {
  await tx.run.update({ where: { id }, data: { state: 'cancelling' }, select: { id: true } });
}

/** Locks the dataset runs of a run until `tx` ends, and returns their states. */
export async function lockDatasetRunStates(tx: Tx, runId: string): Promise<DatasetRunState[]> {
  await tx.$queryRaw`SELECT 1 FROM dataset_runs WHERE run_id = ${runId} ORDER BY id FOR UPDATE`;
  const rows = await tx.datasetRun.findMany({ where: { runId }, select: { state: true } });
  return rows.map(({ state }) => state);
}

/** Writes the end of a run with its sums, and of its open dataset runs; both must be locked. */
export async function setRunEnd(
  tx: Tx,
  runId: string,
  { state, openDatasets, at, problem, openProblem }: RunEnd & { at: Date; problem: Problem | null; openProblem: Problem | null },
): Promise<void> {
  await tx.run.update({
    where: { id: runId },
    data: { state, endedAt: at, ...(problem === null ? {} : { problem: toJson(problem) }) },
    select: { id: true },
  });
  if (openDatasets !== null) {
    await tx.datasetRun.updateMany({
      where: { runId, state: { in: [...OPEN_DATASET_STATES] } },
      data: { state: openDatasets, endedAt: at, problem: toJsonOrNull(openDatasets === 'failed' ? openProblem : null) },
    });
  }
  await setRunSums(tx, runId);
}

/** Progress of a dataset run, and the series of its run when a step of it has ended. */
export interface ProgressChange {
  readonly state: DatasetRunState;
  readonly counts: object;
  readonly series: RunSeries;
}

/** Like `updateDatasetRun`, with the series of the run, in one statement: it adds no write to that of the progress. */
export async function updateProgress(db: Db, { id, attempt }: DatasetRunKey, change: ProgressChange): Promise<void> {
  const { stepSeconds, points } = change.series;
  await db.$executeRaw`
    WITH reported AS (
      UPDATE dataset_runs SET state = ${change.state}::"DatasetRunState", counts = ${JSON.stringify(change.counts)}::jsonb, updated_at = now()
      WHERE id = ${id} AND attempt = ${attempt} AND state::text = ANY(${[...OPEN_DATASET_STATES]})
      RETURNING run_id)
    INSERT INTO run_series (run_id, step_seconds, points)
    SELECT run_id, ${stepSeconds}, ${JSON.stringify(points)}::jsonb FROM reported
    ON CONFLICT (run_id) DO UPDATE SET step_seconds = EXCLUDED.step_seconds, points = EXCLUDED.points`;
}

export interface DatasetRunChange {
  readonly state: DatasetRunState;
  readonly counts?: object;
  readonly problem?: Problem | null;
  readonly notes?: readonly string[];
  readonly incremental?: boolean;
  readonly unread?: readonly UnreadColumn[];
  readonly unproven?: UnprovenParents;
  readonly rejected?: RejectedRows;
  readonly drift?: readonly DriftDecision[];
  readonly wait?: Wait | null;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
}

/** Identifies a dataset run and the attempt of its worker. */
export interface DatasetRunKey {
  readonly id: string;
  readonly attempt: number;
}

/**
 * Writes what the worker of a dataset run reports. Writes nothing after the dataset run has ended or another worker has claimed the run.
 * @returns whether the dataset run is as reported; also true when an earlier call with the same report wrote it and its answer got lost.
 */
export async function updateDatasetRun(db: Db, { id, attempt }: DatasetRunKey, change: DatasetRunChange): Promise<boolean> {
  const { count } = await db.datasetRun.updateMany({
    where: { id, attempt, state: { in: [...OPEN_DATASET_STATES] } },
    data: {
      state: change.state,
      ...(change.counts === undefined ? {} : { counts: toJson(change.counts) }),
      ...(change.problem === undefined ? {} : { problem: toJsonOrNull(change.problem) }),
      ...(change.notes === undefined ? {} : { notes: [...change.notes] }),
      ...(change.incremental === undefined ? {} : { incremental: change.incremental }),
      ...(change.unread === undefined ? {} : { unread: toJson(change.unread) }),
      ...(change.unproven === undefined ? {} : { unproven: toJson(change.unproven) }),
      ...(change.rejected === undefined ? {} : { rejected: toJson(change.rejected) }),
      ...(change.drift === undefined ? {} : { drift: toJson(change.drift) }),
      ...(change.wait === undefined ? {} : { wait: toJsonOrNull(change.wait) }),
      ...(change.startedAt === undefined ? {} : { startedAt: change.startedAt }),
      ...(change.endedAt === undefined ? {} : { endedAt: change.endedAt }),
    },
  });
  return (
    count === 1 || (await db.datasetRun.findFirst({ where: { id, attempt, state: change.state }, select: { id: true } })) !== null
  );
}
