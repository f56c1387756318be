import { z } from 'zod';
import { refusedNow } from '#lib/domain/access/access.ts';
import { actorRef } from '#lib/domain/account/actor.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { RunDto } from '#lib/domain/run/run.ts';
import { startPriority } from '#lib/domain/run/start-priority.ts';
import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { findDatasets } from '#lib/store/metadata/datasets.ts';
import { findActiveRunId, findLastPublished, insertRun, type NewRun, setJobId } from '#lib/store/run/runs.ts';
import { lockTask } from '#lib/store/run/tasks.ts';
import { requireConnection } from '../connection/require-connection.ts';
import type { Call } from '../context.ts';
import { grantedOf } from '../dataset/require-dataset.ts';
import { requireRole } from '../require-role.ts';
import { requireTask } from '../task/require-task.ts';
import { write } from '../write.ts';
import { getRun } from './get-run.ts';

export const StartRunInput = z.object({
  taskId: idSchema('task'),
  confirmDeletes: z.boolean().default(false),
  full: z.boolean().default(false),
});
export type StartRunInput = z.input<typeof StartRunInput>;

/**
 * Reload now: the run with its dataset runs and the job for a worker, in one transaction. Settings and definitions are those of now,
 * whatever is edited later. `confirmDeletes`: delete even more than the task's share of rows. `full`: read everything, even where the
 * task reads only what changed.
 * @throws ConflictError `run-in-progress` that links the run that waits or runs already.
 */
export async function startRun({ ctx, input }: Call<StartRunInput>): Promise<RunDto> {
  const actor = requireRole(ctx, 'editor');
  const { taskId, confirmDeletes, full } = StartRunInput.parse(input);
  const runId = newId('run');
  await write(ctx, async (tx, audit) => {
    if (!(await lockTask(tx, taskId))) throw new NotFoundError('task');
    const active = await findActiveRunId(tx, taskId);
    if (active !== null) throw runInProgress(active);
    const task = await requireTask({ db: tx }, taskId);
    const granted = grantedOf(await requireConnection({ db: tx }, task.connectionId));
    const ids = task.datasets.map(({ dataset }) => dataset.id);
    const rows = new Map((await findDatasets(tx, ids)).map((row) => [row.id, row]));
    const queuedAt = ctx.clock.now();
    const datasets: NewRun['datasets'][number][] = [];
    for (const { id, definition, probe } of ids.flatMap((id) => rows.get(id) ?? [])) {
      const refused = refusedNow(definition, granted, probe);
      const last =
        refused.length === 0 ? null : await findLastPublished(tx, { taskId, namespace: task.namespace, datasetId: id });
      const since = new Map(last?.unread.map((column) => [column.name, column.since]));
      const unread = refused.map((column) => ({ ...column, since: since.get(column.name) ?? queuedAt.toISOString() }));
      datasets.push({ id, definition, unread });
    }
    await insertRun(tx, {
      id: runId,
      taskId,
      method: task.method,
      namespace: task.namespace,
      settings: z.looseObject({}).parse(task.settings),
      startedBy: actorRef(actor),
      deletesConfirmed: confirmDeletes,
      fullRead: full,
      queuedAt,
      datasets,
    });
    const jobId = await ctx.queue.enqueueRun(tx, { runId, taskId, priority: startPriority(actor.kind) });
    if (jobId === null) throw jobInTheWay();
    await setJobId(tx, runId, jobId);
    await audit({
      action: 'run.start',
      subjectId: runId,
      detail: { taskId, connectionId: task.connectionId, confirmDeletes, full },
    });
  });
  return getRun({ ctx, input: { runId } });
}

function runInProgress(runId: string): ConflictError {
  return new ConflictError({
    code: 'run-in-progress',
    title: 'This task is running already.',
    remedy: 'Watch that run, or cancel it first.',
    fixer: 'you',
    link: `/runs/${runId}`,
  });
}

/** A cancelled run whose worker hasn't let go of the job yet. */
function jobInTheWay(): ConflictError {
  return new ConflictError({
    code: 'run-in-progress',
    title: 'The last run of this task is still winding up.',
    remedy: 'Try again in a few seconds.',
    fixer: 'you',
  });
}
