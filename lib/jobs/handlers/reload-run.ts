import { accessOf, type Granted, mayBeRead } from '#lib/domain/access/access.ts';
import type { SourceConnection } from '#lib/domain/account/session.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { DATASET_CONCURRENCY } from '#lib/domain/run/dataset-concurrency.ts';
import { NO_COUNTS, NONE_REJECTED, NONE_UNPROVEN } from '#lib/domain/run/run.ts';
import { ENDED_DATASET_STATES, type RunEndCause } from '#lib/domain/run/run-end.ts';
import { startPriority } from '#lib/domain/run/start-priority.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { DatasetAssignment } from '#lib/executor/dataset-assignment.ts';
import type { DatasetRunner } from '#lib/executor/run-dataset.ts';
import type { RunnerResolver } from '#lib/gateway/hub/resolve.ts';
import type { Slot } from '#lib/platform/async/slots.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import { AppError, toProblem } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { RunObserver } from '#lib/platform/metrics/metrics.ts';
import { isDatabaseAway } from '#lib/platform/postgres/database-away.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import { inSpan, type Span } from '#lib/platform/tracing/span.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { PublishGroup } from '#lib/reload/engine/publish-group.ts';
import { noteSignInNeeded } from '#lib/services/connection/note-sign-in-needed.ts';
import { requireConnection, sourceConnection } from '#lib/services/connection/require-connection.ts';
import { NEEDS_REAUTHENTICATION } from '#lib/services/credential/with-source-connection.ts';
import { grantedOf } from '#lib/services/dataset/require-dataset.ts';
import type { SourceResolver } from '#lib/services/ports.ts';
import { endRun } from '#lib/services/run/end-run.ts';
import { requireTargetAccess } from '#lib/services/target/require-target-access.ts';
import { relationsOfTask } from '#lib/services/task/relations-of-task.ts';
import { notTogetherByGateway } from '#lib/services/task/require-publish-fits.ts';
import { type ConnectionRow, setConnectionVerified } from '#lib/store/connection/connections.ts';
import { findGatewayWaitMinutes } from '#lib/store/gateway/run-waits.ts';
import { type ClaimedRun, claimRun, updateDatasetRun } from '#lib/store/run/run-changes.ts';
import { findRunSeries } from '#lib/store/run/run-series.ts';
import {
  type DatasetRunRow,
  findLastPublished,
  findRun,
  isRunCancelled,
  listDefinitionsWithoutColumns,
  type RunRow,
  readDefinition,
  unreadAtStart,
} from '#lib/store/run/runs.ts';
import { targetOf } from '#lib/store/run/tasks.ts';
import { createWorkerSlots, type WorkerSlots } from '../worker-slots.ts';
import { inDatasetSpan } from './dataset-span.ts';
import { missingPermission } from './missing-permission.ts';
import { createProgressWriter } from './progress-writer.ts';
import { createRunRecorder, type RunRecorder } from './run-recorder.ts';
import { watchCancel } from './watch-cancel.ts';

export interface ReloadRunDeps {
  readonly db: Db;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  readonly executor: SourceResolver;
  readonly runner: RunnerResolver;
  /** Shared by the runs of a worker; without it the run uses the process alone. */
  readonly slots?: WorkerSlots;
  readonly observer?: RunObserver;
  /** Called when all open datasets of a run wait, and when one continues. */
  readonly onIdle?: (isIdle: boolean) => void;
}

type RecordingDeps = ReloadRunDeps & { readonly recorder: RunRecorder };

/**
 * Works one run. Ends it also in case of a problem, so it throws only when the database cannot be reached: then the job is retried.
 * Continues the run of an earlier worker: ended dataset runs are not repeated, the others continue from their stages.
 * When `lost` aborts, another worker has the job: this one stops, and its later reports change nothing.
 */
export async function reloadRun(deps: ReloadRunDeps, runId: string, lost: AbortSignal): Promise<void> {
  const claimed = await claimRun(deps.db, runId, deps.clock.now());
  const run = claimed === null ? null : await findRun(deps.db, runId);
  if (claimed === null || run === null) return;
  deps.observer?.runStarted();
  const attributes = { 'entrada.run.id': runId, 'entrada.task.id': run.taskId, 'entrada.run.attempt': claimed.attempt };
  await inSpan('run', { kind: 'consumer', attributes }, (span) => workRun(deps, { run, claimed, span }, lost));
}

async function workRun(
  deps: ReloadRunDeps,
  { run, claimed, span }: { readonly run: RunRow; readonly claimed: ClaimedRun; readonly span: Span },
  lost: AbortSignal,
): Promise<void> {
  const runId = run.id;
  const { attempt } = claimed;
  let recorder: RunRecorder | null = null;
  const end = async (cause: RunEndCause) => {
    const series = recorder === null ? {} : { series: recorder.current() };
    const ending = { runId, cause, at: deps.clock.now(), actor: { kind: 'job', jobName: 'reload-run' } as const, ...series };
    const ended = await retryWhileUnreachable(() => deps.db.$transaction((tx) => endRun(tx, ending)));
    const seconds = (ending.at.getTime() - (run.startedAt ?? ending.at).getTime()) / 1000;
    if (ended === null) return;
    deps.observer?.runEnded(ended.state, Math.max(0, seconds));
    span.set({ 'entrada.run.state': ended.state });
    if (ended.state === 'failed') span.fail(ended.problem?.code ?? 'dataset');
  };
  const cancel = watchCancel(deps, { id: runId, isCancelled: () => isRunCancelled(deps.db, runId) });
  try {
    const cancelled = claimed.state === 'cancelling' ? AbortSignal.abort() : cancel.signal;
    recorder = createRunRecorder(deps.clock, run, await findRunSeries(deps.db, runId));
    const worked = await reloadDatasets({ ...deps, recorder }, { ...run, attempt }, { cancelled, lost });
    if (worked === null) return;
    const { unpublished } = worked;
    if (unpublished === null || cancelled.aborted) await end({ kind: 'worked', attempt });
    else await end({ kind: 'failed', attempt, problem: unpublished });
  } catch (error) {
    if (lost.aborted || error instanceof JobLeaseLostError) return;
    // The run has not ended: its job is retried when the database is available again.
    if (isDatabaseAway(error)) throw error;
    if (!(error instanceof AppError)) deps.log.error({ err: error, runId }, 'run failed');
    await end({ kind: 'failed', attempt, problem: toProblem(error, runId) });
  } finally {
    cancel.stop();
  }
}

/** The datasets of a run that are published together; null: each is published by itself. @throws AppError `option-does-not-fit` */
function groupOf(run: RunRow, task: TaskTarget, { gatewayId, gatewayGroupId }: ConnectionRow): PublishGroup | null {
  if (task.settings.publish !== 'together') return null;
  if (gatewayId !== null || gatewayGroupId !== null) throw new AppError(notTogetherByGateway());
  const open = run.datasets.filter(({ state }) => !ENDED_DATASET_STATES.has(state));
  const failed = run.datasets.filter(({ state }) => state === 'failed' || state === 'incomplete' || state === 'cancelled');
  return new PublishGroup({ open: new Map(open.map(({ id, name }) => [id, name])), failed: failed.map(({ name }) => name) });
}

/**
 * Null when the job was lost meanwhile. `unpublished`: why nothing was published, where the datasets are published together.
 * @throws JobLeaseLostError when another worker has claimed the run
 */
async function reloadDatasets(
  deps: RecordingDeps,
  run: RunRow,
  stop: { readonly cancelled: AbortSignal; readonly lost: AbortSignal },
): Promise<{ readonly unpublished: Problem | null } | null> {
  const connection = await requireConnection(deps, run.task.connection.id);
  const at = await sourceConnection(deps, connection);
  const granted = await currentPermissions(deps, run, connection, at);
  const waitMinutes = await findGatewayWaitMinutes(deps.db, run.id);
  const { gatewayId, gatewayGroupId } = connection;
  const runner = deps.runner({ gatewayId, gatewayGroupId, runId: run.id, taskName: run.task.name, waitMinutes });
  const task = targetOf(run);
  const group = groupOf(run, task, connection);
  const relations = await relationsOfTask(deps, run.taskId, granted);
  const shared = { connection: at, task, relations, target: await requireTargetAccess(deps, task.targetId) };
  /** When the state of one dataset cannot be written, the job is retried; the stages of the others are kept for that. */
  const broken = new AbortController();
  const signal = AbortSignal.any([stop.cancelled, stop.lost, broken.signal]);
  let refused: Problem | null = null;
  const work = async (row: DatasetRunRow, slot: Slot | null): Promise<void> => {
    const one = { deps, runner, run, row, shared, granted, signal, refused, slot, group };
    const report = await inDatasetSpan(row, () => reloadOne(one));
    group?.ended(row.id, report.state === 'done' || report.state === 'partial');
    if (stop.lost.aborted || (broken.signal.aborted && report.state === 'cancelled')) return;
    if (report.problem?.code === NEEDS_REAUTHENTICATION) refused = report.problem;
    const change = { ...report, endedAt: deps.clock.now() };
    if (!(await updateDatasetRun(deps.db, { id: row.id, attempt: run.attempt }, change))) throw new JobLeaseLostError();
    deps.observer?.datasetEnded(
      report.state,
      report.counts,
      gatewayId === null && gatewayGroupId === null ? 'worker' : 'gateway',
    );
  };
  const stopOthers = (error: unknown): never => {
    broken.abort(new JobLeaseLostError());
    throw error;
  };
  const { slots = createWorkerSlots({ datasets: DATASET_CONCURRENCY, runs: 1 }), onIdle } = deps;
  const runSlots = slots.openRun({
    ...{ group: connection.id, priority: startPriority(run.startedByKind) },
    ...(onIdle === undefined ? {} : { onIdle }),
  });
  const works: Promise<void>[] = [];
  try {
    for (const row of run.datasets.filter(({ state }) => !ENDED_DATASET_STATES.has(state))) {
      // After the run was stopped, its other datasets end without a slot, one after the other.
      const slot = await runSlots.acquire(signal).catch(() => null);
      const done = work(row, slot)
        .finally(() => slot?.release())
        .catch(stopOthers);
      works.push(done);
      if (slot === null) await done.catch(() => undefined);
      else done.catch(() => undefined);
    }
    for (const end of await Promise.allSettled(works)) if (end.status === 'rejected') throw end.reason;
  } finally {
    runSlots.end();
    await runner.release({ runId: run.id, attempt: run.attempt });
  }
  if (stop.lost.aborted) return null;
  if (refused !== null) await noteSignInNeeded(deps, connection, refused);
  return { unpublished: group?.problem ?? null };
}

async function reloadOne(one: {
  deps: RecordingDeps;
  runner: DatasetRunner;
  run: RunRow;
  row: DatasetRunRow;
  /** What the assignments of all datasets of the run have in common. */
  shared: Pick<DatasetAssignment, 'connection' | 'task' | 'relations' | 'target'>;
  granted: Granted;
  signal: AbortSignal;
  /** Entra refused the tokens for an earlier dataset: the others would be refused too. */
  refused: Problem | null;
  /** Suspended or released while this dataset waits, for use by another one. */
  slot: Slot | null;
  /** With which it is published; null: by itself. */
  group: PublishGroup | null;
}): Promise<DatasetReport> {
  const { deps, runner, run, row, shared, granted, signal, refused, slot, group } = one;
  if (signal.aborted) return ended('cancelled', null);
  if (refused !== null) return ended('failed', refused);
  const dataset = await readDefinition(deps.db, row.id);
  if (!mayBeRead(dataset, granted)) return ended('failed', missingPermission(dataset, granted));
  const key = { id: row.id, attempt: run.attempt };
  const begun = { state: 'reading', wait: null, startedAt: row.startedAt ?? deps.clock.now() } as const;
  if (!(await updateDatasetRun(deps.db, key, begun))) throw new JobLeaseLostError();
  const { taskId, targetId, namespace, method } = run;
  const landing = { taskId, targetId, namespace, method, since: run.task.recreatedAt };
  const last = await findLastPublished(deps.db, { ...landing, datasetId: row.datasetId });
  const progress = createProgressWriter(deps, key);
  try {
    const assignment: DatasetAssignment = {
      ...shared,
      runId: run.id,
      attempt: run.attempt,
      datasetRunId: row.id,
      dataset,
      deletesConfirmed: run.deletesConfirmed,
      full: run.fullRead,
      unreadBefore: last?.unread ?? [],
      readBefore: [...(last?.read ?? [])],
      unreadAtStart: unreadAtStart(row),
    };
    for await (const event of runner.run(assignment, signal, group)) {
      if (event.kind === 'ended') return { ...event.report, counts: deps.recorder.report(row.id, event.report.counts) };
      if (event.kind === 'progress') progress.progress(event.state, deps.recorder.report(row.id, event.counts));
      else {
        if (event.wait === null) slot?.resume();
        // It waits without open files, and all datasets of the run may come to that.
        else if (event.wait.kind === 'other-datasets') slot?.release();
        else slot?.suspend();
        progress.waiting(event.wait);
      }
    }
    throw new TypeError('the run of a dataset ended without a report');
  } catch (error) {
    if (!(error instanceof AppError)) deps.log.error({ err: error, runId: run.id, dataset: dataset.name }, 'dataset run failed');
    return ended('failed', toProblem(error, row.id));
  } finally {
    await progress.stop();
  }
}

/**
 * The current permissions of the token. Where a dataset seems to lack its permission, a new token is requested: the administrator may have consented
 * meanwhile.
 */
async function currentPermissions(
  deps: ReloadRunDeps,
  run: RunRow,
  connection: ConnectionRow,
  at: SourceConnection,
): Promise<Granted> {
  const known = grantedOf(connection);
  const open = run.datasets.filter((row) => !ENDED_DATASET_STATES.has(row.state)).map(({ id }) => id);
  if ((await listDefinitionsWithoutColumns(deps.db, open)).every((dataset) => accessOf(dataset, known) !== 'missing-permission'))
    return known;
  try {
    const { identity } = await deps.executor(connection).testConnection({ connection: at });
    await setConnectionVerified(deps.db, connection.id, { identity, at: deps.clock.now(), expiry: null });
    return { ...known, permissions: new Set(identity.permissions) };
  } catch (error) {
    if (error instanceof AppError && error.code === NEEDS_REAUTHENTICATION) {
      await noteSignInNeeded(deps, connection, error.problem);
      throw error;
    }
    deps.log.warn({ err: error, runId: run.id }, 'permissions could not be read again');
    return known;
  }
}

function ended(state: 'failed' | 'cancelled', problem: Problem | null): DatasetReport {
  return {
    state,
    counts: NO_COUNTS,
    problem,
    notes: [],
    incremental: false,
    unread: [],
    unproven: NONE_UNPROVEN,
    rejected: NONE_REJECTED,
  };
}
