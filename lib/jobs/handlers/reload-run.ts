import { accessOf, type Granted, mayBeRead } from '#lib/domain/access/access.ts';
import type { ConnectionSession } from '#lib/domain/account/session.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';
import {
  type DatasetRunState,
  NO_COUNTS,
  NONE_UNPROVEN,
  nextRunState,
  type RunEvent,
  type UnreadColumn,
} from '#lib/domain/run/run.ts';
import { DATASETS_AT_ONCE } from '#lib/domain/run/side-by-side.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import { AppError, NotFoundError, toProblem } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { isDatabaseAway } from '#lib/platform/postgres/database-away.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { HandedOverError } from '#lib/reload/engine/handed-over.ts';
import type { DatasetReport, Reporter } from '#lib/reload/engine/ports.ts';
import { connectionSession, requireConnection } from '#lib/services/connection/require-connection.ts';
import { grantedOf } from '#lib/services/dataset/require-dataset.ts';
import type { Executor } from '#lib/services/ports.ts';
import { NEEDS_REAUTHENTICATION } from '#lib/services/verification/with-session.ts';
import {
  type ConnectionRow,
  setConnectionNeedsReauthentication,
  setConnectionVerified,
} from '#lib/store/connection/connections.ts';
import {
  changeRunState,
  type DatasetRunRow,
  definitionOf,
  findLastPublished,
  findRun,
  type RunRow,
  unreadAtStart,
  updateDatasetRun,
} from '#lib/store/run/runs.ts';
import { targetOf } from '#lib/store/run/tasks.ts';
import { missingPermission } from './missing-permission.ts';
import { createProgressWriter } from './progress-writer.ts';
import { runOutcome } from './run-outcome.ts';
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
  readonly openRunner: (session: ConnectionSession, target: TaskTarget) => Promise<DatasetRunner>;
}

/** Dataset runs that a worker before this one ended. */
const ENDED: ReadonlySet<DatasetRunState> = new Set(['done', 'partial', 'failed', 'incomplete', 'cancelled']);

/**
 * Works one run. Ends it in every case that has words, so it throws only when the database can't be reached: then the job comes back.
 * A run that another worker left is taken up: dataset runs that ended are not repeated, the others go on from their stage.
 * When `lost` aborts, another worker has the job: this one lets go and writes nothing more.
 */
export async function reloadRun(deps: ReloadRunDeps, runId: string, lost: AbortSignal): Promise<void> {
  const run = await findRun(deps.db, runId);
  const claimed = run === null ? null : nextRunState(run.state, 'claim');
  if (run === null || claimed === null) return;
  const at = deps.clock.now();
  if (!(await changeRunState(deps.db, runId, { from: run.state, to: claimed, at }))) return reloadRun(deps, runId, lost);
  const cancel = watchCancel(deps, runId);
  try {
    const cancelled = claimed === 'cancelling' ? AbortSignal.abort() : cancel.signal;
    const states = await reloadDatasets(deps, run, { cancelled, lost });
    if (states !== null) await finish(deps, runId, runOutcome(states), null);
  } catch (error) {
    if (lost.aborted) return;
    // The run isn't over: its job comes back when the database does.
    if (isDatabaseAway(error)) throw error;
    if (!(error instanceof AppError)) deps.log.error({ err: error, runId }, 'run failed');
    await endOpen(deps, run, toProblem(error, runId));
    await finish(deps, runId, 'finish-failed', toProblem(error, runId));
  } finally {
    cancel.stop();
  }
}

/** Null when the job was lost on the way. */
async function reloadDatasets(
  deps: ReloadRunDeps,
  run: RunRow,
  stop: { readonly cancelled: AbortSignal; readonly lost: AbortSignal },
): Promise<DatasetRunState[] | null> {
  const connection = await requireConnection(deps, run.task.connection.id);
  const session = await connectionSession(deps, connection);
  const granted = await currentPermissions(deps, run, connection, session);
  const runner = await deps.openRunner(session, targetOf({ ...run, targetId: run.task.targetId }));
  /** When one of them can't be kept, the job comes back: what the others have staged stays for that. */
  const broken = new AbortController();
  const signal = AbortSignal.any([stop.cancelled, stop.lost, broken.signal]);
  const waiting = [...run.datasets.entries()];
  const states: DatasetRunState[] = [];
  let refused: Problem | null = null;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, row] = next;
      states[index] = row.state;
      if (ENDED.has(row.state)) continue;
      const report = await reloadOne({ deps, run, row, runner, granted, signal, refused });
      if (stop.lost.aborted || (broken.signal.aborted && report.state === 'cancelled')) return;
      if (report.problem?.code === NEEDS_REAUTHENTICATION) refused = report.problem;
      await endDataset(deps, row, report);
      states[index] = report.state;
    }
  };
  const stopOthers = (error: unknown): never => {
    broken.abort(new HandedOverError());
    throw error;
  };
  try {
    const ends = await Promise.allSettled(Array.from({ length: DATASETS_AT_ONCE }, () => work().catch(stopOthers)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await runner.close();
  }
  if (stop.lost.aborted) return null;
  if (refused !== null) await setConnectionNeedsReauthentication(deps.db, connection.id, refused);
  return states;
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
  const dataset = definitionOf(row);
  if (signal.aborted) return ended('cancelled', null);
  if (refused !== null) return ended('failed', refused);
  if (!mayBeRead(dataset, granted)) return ended('failed', missingPermission(dataset, granted));
  await updateDatasetRun(deps.db, row.id, { state: 'reading', waitingFor: null, startedAt: row.startedAt ?? deps.clock.now() });
  const { taskId, place } = run;
  const last = await findLastPublished(deps.db, { taskId, place, datasetId: row.datasetId });
  const progress = createProgressWriter(deps, row.id);
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
  const open = run.datasets.filter((row) => !ENDED.has(row.state)).map(definitionOf);
  if (open.every((dataset) => accessOf(dataset, known) !== 'missing-permission')) return known;
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

async function endDataset(deps: ReloadRunDeps, row: DatasetRunRow, report: DatasetReport): Promise<void> {
  await updateDatasetRun(deps.db, row.id, { ...report, endedAt: deps.clock.now() });
}

async function endOpen(deps: ReloadRunDeps, run: RunRow, problem: Problem): Promise<void> {
  const now = await findRun(deps.db, run.id);
  for (const row of now?.datasets ?? []) if (!ENDED.has(row.state)) await endDataset(deps, row, ended('failed', problem));
}

/** The state may become `cancelling` between the look and the write: then it is looked at again. */
async function finish(deps: ReloadRunDeps, runId: string, event: RunEvent, problem: Problem | null): Promise<void> {
  const run = await findRun(deps.db, runId);
  if (run === null) throw new NotFoundError('run');
  const to = nextRunState(run.state, event);
  if (to === null) return;
  const change = { from: run.state, to, at: deps.clock.now(), ...(problem === null ? {} : { problem }) };
  if (!(await changeRunState(deps.db, runId, change))) return finish(deps, runId, event, problem);
}
