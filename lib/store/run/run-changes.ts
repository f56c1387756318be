import type { Problem } from '#lib/domain/problem.ts';
import { nextRunState, type RejectedRows, type RunState, type UnprovenParents, type UnreadColumn } from '#lib/domain/run/run.ts';
import type { RunEnd } from '#lib/domain/run/run-end.ts';
import type { Wait } from '#lib/domain/run/wait.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson, toJsonOrNull } from '#lib/store/json.ts';
import type { DatasetRunState } from '#prisma/generated/enums.ts';
import { OPEN_DATASET_STATES } from './runs.ts';

/** A run that a worker took up. */
export interface ClaimedRun {
  readonly state: Extract<RunState, 'running' | 'cancelling'>;
  /** This worker's; counts from 1. */
  readonly attempt: number;
}

/** Takes a run up for a worker: whoever had it before changes nothing any more. Null when the run is over or gone. */
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

/** A run whose row nobody else changes until `tx` is over. */
export interface LockedRun {
  readonly state: RunState;
  readonly attempt: number;
  readonly taskId: string;
  readonly jobId: string | null;
}

export async function lockRun(tx: Tx, id: string): Promise<LockedRun | null> {
  await tx.$queryRaw`SELECT 1 FROM runs WHERE id = ${id} FOR UPDATE`;
  return tx.run.findUnique({ where: { id }, select: { state: true, attempt: true, taskId: true, jobId: true } });
}

/** Of a run that is locked. */
export async function setRunCancelling(tx: Tx, id: string): Promise<void> {
  await tx.run.update({ where: { id }, data: { state: 'cancelling' }, select: { id: true } });
}

/** The states of the dataset runs of a run, whose rows nobody else changes until `tx` is over. */
export async function lockDatasetRunStates(tx: Tx, runId: string): Promise<DatasetRunState[]> {
  await tx.$queryRaw`SELECT 1 FROM dataset_runs WHERE run_id = ${runId} ORDER BY id FOR UPDATE`;
  const rows = await tx.datasetRun.findMany({ where: { runId }, select: { state: true } });
  return rows.map(({ state }) => state);
}

/** Writes the end of a run, and of its dataset runs that have not ended; both locked. */
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
  if (openDatasets === null) return;
  await tx.datasetRun.updateMany({
    where: { runId, state: { in: [...OPEN_DATASET_STATES] } },
    data: { state: openDatasets, endedAt: at, problem: toJsonOrNull(openDatasets === 'failed' ? openProblem : null) },
  });
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
  readonly wait?: Wait | null;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
}

/** A dataset run as a worker of one attempt has it. */
export interface DatasetRunKey {
  readonly id: string;
  readonly attempt: number;
}

/**
 * What the worker of a dataset run reports. Nothing is written once the dataset run has ended or another worker has the run.
 * @returns whether the dataset run is as reported: also true when the same report was written before its answer got lost.
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
      ...(change.wait === undefined ? {} : { wait: toJsonOrNull(change.wait) }),
      ...(change.startedAt === undefined ? {} : { startedAt: change.startedAt }),
      ...(change.endedAt === undefined ? {} : { endedAt: change.endedAt }),
    },
  });
  return (
    count === 1 || (await db.datasetRun.findFirst({ where: { id, attempt, state: change.state }, select: { id: true } })) !== null
  );
}
