import type { Problem } from '#lib/domain/problem.ts';
import { nextRunState, type RunState } from '#lib/domain/run/run.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { changeRunState, endOpenDatasetRuns, listActiveRuns } from '#lib/store/run/runs.ts';

/** Whether a job still waits or runs. */
export type IsJobAlive = (jobId: string) => Promise<boolean>;

/**
 * Ends runs whose job is gone: it was lost more often than it may come back, or the queue was emptied. Nothing of them became visible
 * that a finished dataset hadn't published. Returns how many.
 */
export async function failLostRuns(deps: { db: Db; clock: Clock }, isJobAlive: IsJobAlive): Promise<number> {
  let count = 0;
  for (const run of await listActiveRuns(deps.db)) {
    if (run.jobId !== null && (await isJobAlive(run.jobId))) continue;
    if (await end(deps, run)) count++;
  }
  return count;
}

async function end(deps: { db: Db; clock: Clock }, run: { readonly id: string; readonly state: RunState }): Promise<boolean> {
  const cancelled = run.state === 'cancelling';
  const to = nextRunState(run.state, cancelled ? 'finish-cancelled' : 'finish-failed');
  if (to === null) return false;
  const at = deps.clock.now();
  return deps.db.$transaction(async (tx) => {
    if (!(await changeRunState(tx, run.id, { from: run.state, to, at, ...(cancelled ? {} : { problem: LOST }) }))) return false;
    await endOpenDatasetRuns(tx, run.id, { state: cancelled ? 'cancelled' : 'failed', at, problem: cancelled ? null : LOST });
    return true;
  });
}

const LOST: Problem = {
  code: 'run-lost',
  title: 'The worker of this run stopped, several times or for good.',
  detail: 'Datasets that were not finished are as they were before the run.',
  remedy: 'Start the task again. If it happens again, the log of the worker says why it stopped.',
  fixer: 'operator',
};
