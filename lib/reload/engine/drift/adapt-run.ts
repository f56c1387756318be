import type { DriftDecision } from '#lib/domain/run/drift.ts';
import type { AppError } from '#lib/platform/errors.ts';
import { FIRST_CONNECT_TIMEOUT_MS, retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import type { DatasetRun } from '#lib/reload/engine/dataset-run.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import type { Sink } from '#lib/reload/engine/sink.ts';
import { adaptPlan } from './adapt-plan.ts';
import { decideDrift } from './decide-drift.ts';
import { driftProblem } from './drift-problem.ts';

export interface AdaptedRun {
  readonly run: DatasetRun;
  /** Why the dataset stops before anything is read; null: it goes on. */
  readonly stop: AppError | null;
  /** The report with the names that the dataset wants. */
  readonly toReport: (report: DatasetReport) => DatasetReport;
}

/**
 * Compares the columns of the dataset with those that are landed, before anything is read: the run goes on with a plan that fits what the task's
 * settings decide. A run that has published already does not stop.
 */
export async function adaptRunToLandedTable(sink: Sink, run: DatasetRun, signal: AbortSignal): Promise<AdaptedRun> {
  const find = async () => (await sink.findLanded?.(run.plan, signal)) ?? null;
  const landed = await retryWhileUnreachable(find, { timeoutMs: FIRST_CONNECT_TIMEOUT_MS, signal });
  const as = (report: DatasetReport) => report;
  if (landed === null) return { run, stop: null, toReport: as };
  const drift: readonly DriftDecision[] = decideDrift(run.plan, landed);
  const stop = driftProblem(drift, { label: landed.label, drift: run.plan.drift });
  if (stop !== null) {
    const before = await sink.findPublished(run.plan, run.runId, signal);
    const stopped = drift.filter(({ action }) => action === 'stopped');
    return { run: before === null ? { ...run, drift: stopped } : run, stop: before === null ? stop : null, toReport: as };
  }
  const { plan, toWritten, toWanted } = adaptPlan(run.plan, drift, landed);
  const { unreadBefore = [], unreadAtStart = [], readBefore } = run;
  return {
    run: {
      ...run,
      ...{ plan, drift },
      unreadBefore: unreadBefore.map((column) => ({ ...column, name: toWritten(column.name) })),
      unreadAtStart: unreadAtStart.map((column) => ({ ...column, name: toWritten(column.name) })),
      ...(readBefore === undefined ? {} : { readBefore: new Set([...readBefore].map(toWritten)) }),
    },
    stop: null,
    toReport: (report) => ({
      ...report,
      unread: report.unread.map((column) => ({ ...column, name: toWanted(column.name) })),
    }),
  };
}
