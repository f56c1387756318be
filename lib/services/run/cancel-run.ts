import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { nextRunState, type RunDto } from '#lib/domain/run/run.ts';
import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import { lockRun, setRunCancelling } from '#lib/store/run/run-changes.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { endRun } from './end-run.ts';
import { getRun } from './get-run.ts';

export const CancelRunInput = z.object({ runId: idSchema('run') });
export type CancelRunInput = z.input<typeof CancelRunInput>;

/**
 * Cancels a run: a queued one ends at once; a running one becomes `cancelling` and its worker stops before its next request.
 * Idempotent. @throws ConflictError `run-is-over`.
 */
export async function cancelRun({ ctx, input }: Call<CancelRunInput>): Promise<RunDto> {
  const actor = requireRole(ctx, 'editor', 'operates');
  const { runId } = CancelRunInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { runId });
  const ended = await write(ctx, async (tx, audit) => {
    const run = await lockRun(tx, runId);
    if (run === null) throw new NotFoundError('run');
    const to = nextRunState(run.state, 'cancel');
    if (to === null) throw runIsOver();
    if (to === run.state) return null;
    await audit({ action: 'run.cancel', subjectId: runId });
    if (to === 'cancelled') return endRun(tx, { runId, cause: { kind: 'cancelled' }, at: ctx.clock.now(), actor });
    await setRunCancelling(tx, runId);
    return null;
  });
  if (ended !== null) ctx.onRunEnded?.(ended.state);
  // Only a queued job is removed from the queue. The handler of a running one polls for `cancelling`, and its job then ends as done:
  // if the job were cancelled, the task's next run could start before this one has released its files.
  if (ended !== null && ended.jobId !== null) await ctx.queue.cancelJob(ended.jobId);
  return getRun({ ctx, input: { runId } });
}

function runIsOver(): ConflictError {
  return new ConflictError({
    code: 'run-is-over',
    title: 'This run has already ended.',
    remedy: 'Open the run to see its result.',
    fixer: 'you',
  });
}
