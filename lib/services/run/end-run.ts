import { type Actor, actorRef } from '#lib/domain/account/actor.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { RunState } from '#lib/domain/run/run.ts';
import { type RunEndCause, runEndOf } from '#lib/domain/run/run-end.ts';
import type { RunSeries } from '#lib/domain/run/run-series.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { lockDatasetRunStates, lockRun, setRunEnd } from '#lib/store/run/run-changes.ts';
import { saveRunSeries } from '#lib/store/run/run-series.ts';
import { makeFollowersDue } from '#lib/store/schedule/firings.ts';
import { publishRunEnd } from '../notification/publish-run-end.ts';

export interface RunEnding {
  readonly runId: string;
  readonly cause: RunEndCause;
  readonly at: Date;
  /** The actor that ends it. */
  readonly actor: Actor;
  /** The whole series of the run, where its worker ends it; else what was written of it stays. */
  readonly series?: RunSeries;
}

/** A run that has just ended. */
export interface EndedRun {
  readonly runId: string;
  readonly taskId: string;
  /** Its job in the queue. */
  readonly jobId: string | null;
  readonly state: RunState;
  readonly problem: Problem | null;
  /** When a worker took it up for the first time; null: none did. */
  readonly startedAt: Date | null;
}

/**
 * Ends a run: its state, its open dataset runs, its problem and the audit event, in the
 * transaction of the caller. All code that ends a run calls it. `recordEnd` has what must happen at every end.
 * @returns null, and changes nothing, when the run does not exist, has ended, or the report is of an earlier attempt: repeated, late and
 * concurrent calls are harmless.
 */
export async function endRun(tx: Tx, { runId, cause, at, actor, series }: RunEnding): Promise<EndedRun | null> {
  const run = await lockRun(tx, runId);
  if (run === null || ('attempt' in cause && cause.attempt !== run.attempt)) return null;
  const end = runEndOf(run.state, cause.kind, await lockDatasetRunStates(tx, runId));
  if (end === null) return null;
  const problem = 'problem' in cause && end.state !== 'cancelled' ? cause.problem : null;
  await setRunEnd(tx, runId, { ...end, at, problem, openProblem: problem ?? LEFT_OUT });
  if (series !== undefined) await saveRunSeries(tx, runId, series);
  const { taskId, jobId, startedAt } = run;
  const ended = { runId, taskId, jobId, startedAt, state: end.state, problem };
  await recordEnd(tx, ended, { at, actor });
  return ended;
}

async function recordEnd(
  tx: Tx,
  { runId, taskId, state, problem }: EndedRun,
  by: Pick<RunEnding, 'at' | 'actor'>,
): Promise<void> {
  await makeFollowersDue(tx, { taskId, state, at: by.at });
  await appendAudit(tx, {
    actor: actorRef(by.actor),
    action: 'run.end',
    subjectId: runId,
    detail: { taskId, state, ...(problem === null ? {} : { problem: problem.code }) },
    at: by.at,
  });
  await publishRunEnd(tx, { runId, state, problem }, by.at);
}

/** Problem of a dataset run that its worker did not report on, although it has finished the run. */
const LEFT_OUT: Problem = {
  code: 'dataset-left-out',
  title: 'The run ended before this dataset was read.',
  remedy: 'Start the task again. If the problem persists, ask the operator for the reason in the log of the worker.',
  fixer: 'operator',
};
