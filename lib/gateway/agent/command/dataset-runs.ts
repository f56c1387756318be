import { NO_COUNTS, NONE_REJECTED, NONE_UNPROVEN } from '#lib/domain/run/run.ts';
import type { DatasetAssignment, DatasetEvent } from '#lib/executor/dataset-assignment.ts';
import type { DatasetRunner } from '#lib/executor/run-dataset.ts';
import { toProblem } from '#lib/platform/errors.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { admitTarget } from './admit-target.ts';

/** The dataset runs that a gateway is working on. */
export interface DatasetRuns {
  /**
   * Runs an assignment. A stage belongs to one attempt at a time: an earlier attempt at the same dataset is stopped first,
   * and one that arrives after a later attempt is not started.
   * @throws JobLeaseLostError when `signal` aborts with it, or a later attempt claimed the dataset.
   */
  run(assignment: DatasetAssignment, signal: AbortSignal): AsyncIterable<DatasetEvent>;
  release(attempt: Pick<DatasetAssignment, 'runId' | 'attempt'>): Promise<void>;
  /** Whether an attempt at the dataset is under way, which may write to its stage. */
  isRunning(datasetRunId: string): boolean;
}

interface Running {
  readonly attempt: number;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export function createDatasetRuns(deps: { readonly runner: DatasetRunner; readonly rules: TargetRules }): DatasetRuns {
  const running = new Map<string, Running>();
  return {
    async *run(assignment, signal) {
      const { datasetRunId, attempt } = assignment;
      for (let before = running.get(datasetRunId); before !== undefined; before = running.get(datasetRunId)) {
        if (before.attempt >= attempt) throw new JobLeaseLostError();
        before.stop.abort(new JobLeaseLostError());
        await before.ended;
      }
      const stop = new AbortController();
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      running.set(datasetRunId, { attempt, stop, ended });
      try {
        yield* work(deps, assignment, AbortSignal.any([signal, stop.signal]));
        if (stop.signal.aborted) throw stop.signal.reason;
      } finally {
        running.delete(datasetRunId);
        resolve();
      }
    },
    release: (attempt) => deps.runner.release(attempt),
    isRunning: (datasetRunId) => running.has(datasetRunId),
  };
}

async function* work(
  { runner, rules }: { readonly runner: DatasetRunner; readonly rules: TargetRules },
  assignment: DatasetAssignment,
  signal: AbortSignal,
): AsyncGenerator<DatasetEvent> {
  let target: DatasetAssignment['target'];
  try {
    target = { ...(await admitTarget(assignment.target, rules)) };
  } catch (error) {
    return yield { kind: 'ended', report: failed(error, assignment) };
  }
  for await (const event of runner.run({ ...assignment, target }, signal, null)) {
    // An attempt that lost its assignment reports no end: the stage is kept for the next one.
    const isLost = signal.aborted && signal.reason instanceof JobLeaseLostError;
    if (isLost && event.kind === 'ended' && event.report.state === 'cancelled') throw signal.reason;
    yield event;
  }
}

function failed(error: unknown, { datasetRunId }: DatasetAssignment): DatasetReport {
  return {
    state: 'failed',
    ...{ counts: NO_COUNTS, problem: toProblem(error, datasetRunId), notes: [], incremental: false },
    ...{ unread: [], unproven: NONE_UNPROVEN, rejected: NONE_REJECTED },
  };
}
