import { type Actor, actorRef } from '#lib/domain/account/actor.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { RunState } from '#lib/domain/run/run.ts';
import { type RunEndCause, runEndOf } from '#lib/domain/run/run-end.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { lockDatasetRunStates, lockRun, setRunEnd } from '#lib/store/run/run-changes.ts';
import { makeFollowersDue } from '#lib/store/schedule/firings.ts';
import { publishRunEnd } from '../notification/publish-run-end.ts';

export interface RunEnding {
  readonly runId: string;
  readonly cause: RunEndCause;
  readonly at: Date;
  /** Who or what ends it. */
  readonly actor: Actor;
}

/** A run that has just ended. */
export interface EndedRun {
  readonly runId: string;
  readonly taskId: string;
  /** Its job of the queue. */
  readonly jobId: string | null;
  readonly state: RunState;
  readonly problem: Problem | null;
}

/**
 * The one way in which a run ends: its state, its dataset runs that have not ended, its problem and the line of the audit trail, in the
 * transaction of the caller. What must happen whenever a run has ended belongs into `recordEnd`.
 * @returns null, and changes nothing, when the run is gone, has ended, or the report is of an earlier attempt: so calling it again, late or
 * from two sides is harmless.
 */
export async function endRun(tx: Tx, { runId, cause, at, actor }: RunEnding): Promise<EndedRun | null> {
  const run = await lockRun(tx, runId);
  if (run === null || ('attempt' in cause && cause.attempt !== run.attempt)) return null;
  const end = runEndOf(run.state, cause.kind, await lockDatasetRunStates(tx, runId));
  if (end === null) return null;
  const problem = 'problem' in cause && end.state !== 'cancelled' ? cause.problem : null;
  await setRunEnd(tx, runId, { ...end, at, problem, openProblem: problem ?? LEFT_OUT });
  const ended = { runId, taskId: run.taskId, jobId: run.jobId, state: end.state, problem };
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

/** Of a dataset run that its worker says nothing about, though it is through with the run. */
const LEFT_OUT: Problem = {
  code: 'dataset-left-out',
  title: 'The run ended before this dataset was read.',
  remedy: 'Start the task again. If it happens again, tell the operator: the log of the worker says more.',
  fixer: 'operator',
};
