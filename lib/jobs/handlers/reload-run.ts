import { accessOf, type Granted, mayBeRead } from '#lib/domain/access/access.ts';
import type { ConnectionSession } from '#lib/domain/account/session.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { DATASET_CONCURRENCY } from '#lib/domain/run/dataset-concurrency.ts';
import { NO_COUNTS, NONE_UNPROVEN, type UnreadColumn } from '#lib/domain/run/run.ts';
import { ENDED_DATASET_STATES, type RunEndCause } from '#lib/domain/run/run-end.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import { AppError, toProblem } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { isDatabaseAway, whileDatabaseAway } from '#lib/platform/postgres/database-away.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import type { DatasetReport, Reporter } from '#lib/reload/engine/ports.ts';
import { connectionSession, requireConnection } from '#lib/services/connection/require-connection.ts';
import { grantedOf } from '#lib/services/dataset/require-dataset.ts';
import type { Executor } from '#lib/services/ports.ts';
import { endRun } from '#lib/services/run/end-run.ts';
import { requireTargetAccess } from '#lib/services/target/require-target-access.ts';
import { NEEDS_REAUTHENTICATION } from '#lib/services/verification/with-session.ts';
import {
  type ConnectionRow,
  setConnectionNeedsReauthentication,
  setConnectionVerified,
} from '#lib/store/connection/connections.ts';
import { claimRun, updateDatasetRun } from '#lib/store/run/run-changes.ts';
import {
  type DatasetRunRow,
  findLastPublished,
  findRun,
  listDefinitionsWithoutColumns,
  type RunRow,
  readDefinition,
  unreadAtStart,
} from '#lib/store/run/runs.ts';
import { targetOf } from '#lib/store/run/tasks.ts';
import { missingPermission } from './missing-permission.ts';
import { createProgressWriter } from './progress-writer.ts';
import { watchCancel } from './watch-cancel.ts';

/** Reloads the datasets of one run, some at once; they share what the runner shares (connections, throttle). */
export interface DatasetRunner {
  reload(request: {
    readonly runId: string;
    /** Names the stage of this dataset run, which a later worker goes on from. */
    readonly datasetRunId: string;
    /** Whose rows these are. */
    readonly connectionId: string;
    readonly dataset: DatasetDefinition;
    readonly deletesConfirmed: boolean;
    /** Everything is read, even where the task reads only what changed. */
    readonly full: boolean;
    /** What the last run of the same table could not read, and the columns that it read. */
    readonly unreadBefore: readonly UnreadColumn[];
    readonly readBefore: ReadonlySet<string>;
    /** Selected columns that are known not to be readable this time. */
    readonly unreadAtStart: readonly UnreadColumn[];
    readonly reporter: Reporter;
    /** Told why requests wait, for people to see; null once none does. */
    readonly onWait: (words: string | null) => void;
    readonly signal: AbortSignal;
  }): Promise<DatasetReport>;
  close(): Promise<void>;
}

export interface ReloadRunDeps {
  readonly db: Db;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  readonly executor: Pick<Executor, 'testConnection'>;
  readonly openRunner: (opened: {
    readonly session: ConnectionSession;
    readonly target: TaskTarget;
    readonly access: TargetAccess;
  }) => Promise<DatasetRunner>;
}

/**
 * Works one run. Ends it in every case that has words, so it throws only when the database can't be reached: then the job comes back.
 * A run that another worker left is taken up: dataset runs that ended are not repeated, the others go on from their stage.
 * When `lost` aborts, another worker has the job: this one lets go, and what it reports late changes nothing.
 */
export async function reloadRun(deps: ReloadRunDeps, runId: string, lost: AbortSignal): Promise<void> {
  const claimed = await claimRun(deps.db, runId, deps.clock.now());
  const run = claimed === null ? null : await findRun(deps.db, runId);
  if (claimed === null || run === null) return;
  const { attempt } = claimed;
  const end = async (cause: RunEndCause) => {
    const ending = { runId, cause, at: deps.clock.now(), actor: { kind: 'job', jobName: 'reload-run' } as const };
    await whileDatabaseAway(() => deps.db.$transaction((tx) => endRun(tx, ending)));
  };
  const cancel = watchCancel(deps, runId);
  try {
    const cancelled = claimed.state === 'cancelling' ? AbortSignal.abort() : cancel.signal;
    if (await reloadDatasets(deps, { ...run, attempt }, { cancelled, lost })) await end({ kind: 'worked', attempt });
  } catch (error) {
    if (lost.aborted || error instanceof JobLeaseLostError) return;
    // The run isn't over: its job comes back when the database does.
    if (isDatabaseAway(error)) throw error;
    if (!(error instanceof AppError)) deps.log.error({ err: error, runId }, 'run failed');
    await end({ kind: 'failed', attempt, problem: toProblem(error, runId) });
  } finally {
    cancel.stop();
  }
}

/** False when the job was lost on the way. @throws JobLeaseLostError when another worker has taken the run up */
async function reloadDatasets(
  deps: ReloadRunDeps,
  run: RunRow,
  stop: { readonly cancelled: AbortSignal; readonly lost: AbortSignal },
): Promise<boolean> {
  const connection = await requireConnection(deps, run.task.connection.id);
  const session = await connectionSession(deps, connection);
  const granted = await currentPermissions(deps, run, connection, session);
  const target = targetOf({ ...run, targetId: run.task.targetId });
  const runner = await deps.openRunner({ session, target, access: await requireTargetAccess(deps, target.targetId) });
  /** When one of them can't be kept, the job comes back: what the others have staged stays for that. */
  const broken = new AbortController();
  const signal = AbortSignal.any([stop.cancelled, stop.lost, broken.signal]);
  const waiting = run.datasets.filter((row) => !ENDED_DATASET_STATES.has(row.state));
  let refused: Problem | null = null;
  const work = async (): Promise<void> => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const report = await reloadOne({ deps, run, row, runner, granted, signal, refused });
      if (stop.lost.aborted || (broken.signal.aborted && report.state === 'cancelled')) return;
      if (report.problem?.code === NEEDS_REAUTHENTICATION) refused = report.problem;
      const change = { ...report, endedAt: deps.clock.now() };
      if (!(await updateDatasetRun(deps.db, { id: row.id, attempt: run.attempt }, change))) throw new JobLeaseLostError();
    }
  };
  const stopOthers = (error: unknown): never => {
    broken.abort(new JobLeaseLostError());
    throw error;
  };
  try {
    const ends = await Promise.allSettled(Array.from({ length: DATASET_CONCURRENCY }, () => work().catch(stopOthers)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await runner.close();
  }
  if (stop.lost.aborted) return false;
  if (refused !== null) await setConnectionNeedsReauthentication(deps.db, connection.id, refused);
  return true;
}

async function reloadOne(one: {
  deps: ReloadRunDeps;
  run: RunRow;
  row: DatasetRunRow;
  runner: DatasetRunner;
  granted: Granted;
  signal: AbortSignal;
  /** Entra refused the tokens at an earlier dataset: the others would only be refused too. */
  refused: Problem | null;
}): Promise<DatasetReport> {
  const { deps, run, row, runner, granted, signal, refused } = one;
  if (signal.aborted) return ended('cancelled', null);
  if (refused !== null) return ended('failed', refused);
  const dataset = await readDefinition(deps.db, row.id);
  if (!mayBeRead(dataset, granted)) return ended('failed', missingPermission(dataset, granted));
  const key = { id: row.id, attempt: run.attempt };
  const begun = { state: 'reading', waitingFor: null, startedAt: row.startedAt ?? deps.clock.now() } as const;
  if (!(await updateDatasetRun(deps.db, key, begun))) throw new JobLeaseLostError();
  const { taskId, place } = run;
  const last = await findLastPublished(deps.db, { taskId, place, datasetId: row.datasetId });
  const progress = createProgressWriter(deps, key);
  try {
    return await runner.reload({
      runId: run.id,
      datasetRunId: row.id,
      connectionId: run.task.connection.id,
      dataset,
      deletesConfirmed: run.deletesConfirmed,
      full: run.fullRead,
      unreadBefore: last?.unread ?? [],
      readBefore: last?.read ?? new Set(),
      unreadAtStart: unreadAtStart(row),
      reporter: progress,
      onWait: progress.waiting,
      signal,
    });
  } catch (error) {
    if (!(error instanceof AppError)) deps.log.error({ err: error, runId: run.id, dataset: dataset.name }, 'dataset run failed');
    return ended('failed', toProblem(error, row.id));
  } finally {
    await progress.stop();
  }
}

/**
 * What the token may read. Where a dataset seems to lack its permission, Entra is asked again: the administrator may have consented
 * since the last time.
 */
async function currentPermissions(
  deps: ReloadRunDeps,
  run: RunRow,
  connection: ConnectionRow,
  session: ConnectionSession,
): Promise<Granted> {
  const known = grantedOf(connection);
  const open = run.datasets.filter((row) => !ENDED_DATASET_STATES.has(row.state)).map(({ id }) => id);
  if ((await listDefinitionsWithoutColumns(deps.db, open)).every((dataset) => accessOf(dataset, known) !== 'missing-permission'))
    return known;
  try {
    const { identity } = await deps.executor.testConnection(session);
    await setConnectionVerified(deps.db, connection.id, { identity, at: deps.clock.now(), expiry: null });
    return { ...known, permissions: new Set(identity.permissions) };
  } catch (error) {
    if (error instanceof AppError && error.code === NEEDS_REAUTHENTICATION) {
      await setConnectionNeedsReauthentication(deps.db, connection.id, error.problem);
      throw error;
    }
    deps.log.warn({ err: error, runId: run.id }, 'permissions could not be read again');
    return known;
  }
}

function ended(state: 'failed' | 'cancelled', problem: Problem | null): DatasetReport {
  return { state, counts: NO_COUNTS, problem, notes: [], incremental: false, unread: [], unproven: NONE_UNPROVEN };
}
