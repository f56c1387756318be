import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { nextRunState, type RunDto } from '#lib/domain/run/run.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import { changeRunState, endOpenDatasetRuns } from '#lib/store/run/runs.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { getRun } from './get-run.ts';
import { requireRun } from './require-run.ts';

export const CancelRunInput = z.object({ runId: idSchema('run') });
export type CancelRunInput = z.input<typeof CancelRunInput>;

/**
 * Cancels a run: one that waits is over at once; one that runs becomes `cancelling` and its worker stops between two requests. Asking
 * twice is fine. @throws ConflictError `run-is-over`.
 */
export async function cancelRun({ ctx, input }: Call<CancelRunInput>): Promise<RunDto> {
  requireRole(ctx, 'editor');
  const { runId } = CancelRunInput.parse(input);
  const run = await requireRun(ctx, runId);
  if (run.state === 'cancelling') return getRun({ ctx, input: { runId } });
  const to = nextRunState(run.state, 'cancel');
  if (to === null) throw runIsOver();
  const at = ctx.clock.now();
  await write(ctx, async (tx, audit) => {
    if (!(await changeRunState(tx, runId, { from: run.state, to, at }))) throw changedMeanwhile();
    if (to === 'cancelled') await endOpenDatasetRuns(tx, runId, { state: 'cancelled', at, problem: null });
    await audit({ action: 'run.cancel', subjectId: runId });
  });
  // Only a job that waits is taken off the queue. The handler of one that runs sees `cancelling` itself, and its job then ends as done:
  // a job that were cancelled under it would let the task's next run start before this one has let go of its files.
  if (to === 'cancelled' && run.jobId !== null) await ctx.queue.cancelJob(run.jobId);
  return getRun({ ctx, input: { runId } });
}

function runIsOver(): ConflictError {
  return new ConflictError({ code: 'run-is-over', title: 'This run is over.', remedy: 'Look at its result.', fixer: 'you' });
}

function changedMeanwhile(): ConflictError {
  return new ConflictError({
    code: 'changed-meanwhile',
    title: 'The run went on meanwhile.',
    remedy: 'Try again.',
    fixer: 'you',
  });
}
