import type { Problem } from '#lib/domain/problem.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { RunObserver } from '#lib/platform/metrics/metrics.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { endRun } from '#lib/services/run/end-run.ts';
import { listActiveRuns } from '#lib/store/run/runs.ts';

/** Whether a job is queued or runs. */
export type IsJobAlive = (jobId: string) => Promise<boolean>;

/**
 * Ends runs whose job no longer exists: it exceeded its retries, or the queue was emptied. Datasets that were published stay;
 * nothing else became visible. Returns how many.
 */
export async function failLostRuns(
  deps: { readonly db: Db; readonly clock: Clock; readonly observer?: RunObserver },
  isJobAlive: IsJobAlive,
): Promise<number> {
  let count = 0;
  for (const { id: runId, jobId } of await listActiveRuns(deps.db)) {
    if (jobId !== null && (await isJobAlive(jobId))) continue;
    const cause = { kind: 'lost', problem: LOST } as const;
    const actor = { kind: 'job', jobName: 'fail-lost-runs' } as const;
    const at = deps.clock.now();
    const ended = await deps.db.$transaction((tx) => endRun(tx, { runId, cause, at, actor }));
    if (ended === null) continue;
    deps.observer?.runEnded(ended.state, Math.max(0, at.getTime() - (ended.startedAt ?? at).getTime()) / 1000);
    count++;
  }
  return count;
}

const LOST: Problem = {
  code: 'run-lost',
  title: 'The worker process of this run stopped, and no worker could continue the run.',
  detail: 'Datasets that were not finished have the rows from before the run.',
  remedy: 'Start the task again. If the worker stops again, read the reason in its log.',
  fixer: 'operator',
};
