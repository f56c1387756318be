import { z } from 'zod';
import { refusedNow } from '#lib/domain/access/access.ts';
import { actorRef } from '#lib/domain/account/actor.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { RunDto } from '#lib/domain/run/run.ts';
import { startPriority } from '#lib/domain/run/start-priority.ts';
import { AppError, ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { findDatasets } from '#lib/store/metadata/datasets.ts';
import { findActiveRunId, findLastPublished, insertRun, type NewRun, setJobId } from '#lib/store/run/runs.ts';
import { findTarget } from '#lib/store/run/targets.ts';
import { tablesToDropOf } from '#lib/store/run/task-changes.ts';
import { landingPlaceOf, listFailedDatasetIds, lockTask, type TaskRow } from '#lib/store/run/tasks.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call, Context } from '../context.ts';
import { grantedOf } from '../dataset/require-dataset.ts';
import { requireRole } from '../require-role.ts';
import { notDroppedYet } from '../task/drop-landed.ts';
import { requireReachedTarget } from '../task/require-reached-target.ts';
import { requireTask } from '../task/require-task.ts';
import { type AuditFact, write } from '../write.ts';
import { getRun } from './get-run.ts';

export const StartRunInput = z.object({
  taskId: idSchema('task'),
  confirmDeletes: z.boolean().default(false),
  full: z.boolean().default(false),
  /** Only these datasets of the task. */
  datasetIds: z.array(idSchema('ds')).min(1, 'Choose at least one dataset.').max(500).optional(),
  /** Only datasets whose last run failed or was not proven complete. */
  failedOnly: z.boolean().default(false),
});
export type StartRunInput = z.input<typeof StartRunInput>;

/**
 * Starts a run of all datasets of the task, of chosen ones, or of those that failed: creates the run with its dataset runs and the job for a worker,
 * in one transaction. The run keeps the
 * present settings and definitions, whatever is edited later. `confirmDeletes`: also delete more than the task's limit of rows. `full`: read
 * everything, also where the
 * task reads only changes.
 * @throws ConflictError `run-in-progress` with a link to the queued or running run; `task-paused`, `nothing-failed`, `target-not-reached`.
 */
export async function startRun({ ctx, input }: Call<StartRunInput>): Promise<RunDto> {
  requireRole(ctx, 'editor', 'operates');
  const wanted = StartRunInput.parse(input);
  await requireConnectionAccess(ctx, 'use', wanted);
  const runId = await write(ctx, (tx, audit) => startRunInTransaction(tx, ctx, { ...wanted, audit }));
  return getRun({ ctx, input: { runId } });
}

type Starting = z.output<typeof StartRunInput> & { readonly audit: (fact: AuditFact) => Promise<void> };

/** Like startRun, within a transaction. Returns the id of the run. */
export async function startRunInTransaction(
  tx: Tx,
  ctx: Pick<Context, 'actor' | 'clock' | 'queue'>,
  { taskId, confirmDeletes, full, audit, ...only }: Starting,
): Promise<string> {
  if (!(await lockTask(tx, taskId))) throw new NotFoundError('task');
  const active = await findActiveRunId(tx, taskId);
  if (active !== null) throw runInProgress(active);
  const task = await requireTask({ db: tx }, taskId);
  if (task.pausedAt !== null) throw taskPaused();
  if (tablesToDropOf(task) !== null) throw notDroppedYet();
  await requireStillReached(tx, task);
  const runId = newId('run');
  const queuedAt = ctx.clock.now();
  const { method, targetId, namespace, connectionId } = task;
  const datasets = await datasetsAtStart(tx, task, { ids: await chosenOf(tx, task, only), queuedAt });
  await insertRun(tx, {
    ...{ id: runId, taskId, method, targetId, namespace, queuedAt, datasets },
    settings: z.looseObject({}).parse(task.settings),
    startedBy: actorRef(ctx.actor),
    deletesConfirmed: confirmDeletes,
    fullRead: full,
  });
  const jobId = await ctx.queue.enqueueRun(tx, { runId, taskId, priority: startPriority(ctx.actor.kind) });
  if (jobId === null) throw jobInTheWay();
  await setJobId(tx, runId, jobId);
  const part = datasets.length === task.datasets.length ? {} : { datasets: datasets.map(({ definition }) => definition.name) };
  await audit({ action: 'run.start', subjectId: runId, detail: { taskId, connectionId, confirmDeletes, full, ...part } });
  return runId;
}

/** Since the task was saved, its connection or its target may have moved to another gateway. @throws ConflictError `target-not-reached` */
async function requireStillReached(tx: Tx, { id, connectionId, targetId }: TaskRow): Promise<void> {
  const target = await findTarget(tx, targetId);
  try {
    if (target !== null) await requireReachedTarget(tx, connectionId, target);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'target-not-reached') throw error;
    const { field: _, ...problem } = error.problem;
    throw new ConflictError({ ...problem, link: `/tasks/${id}/edit` }, { cause: error });
  }
}

/** Ids of the task's datasets that the run reads, in the order of the task. @throws NotFoundError; ConflictError `nothing-failed` */
async function chosenOf(
  tx: Tx,
  task: TaskRow,
  { datasetIds, failedOnly }: Pick<Starting, 'datasetIds' | 'failedOnly'>,
): Promise<readonly string[]> {
  const all = task.datasets.map(({ dataset }) => dataset.id);
  if (datasetIds?.some((id) => !all.includes(id))) throw new NotFoundError('dataset of the task');
  const chosen = datasetIds === undefined ? all : all.filter((id) => datasetIds.some((wanted) => wanted === id));
  if (!failedOnly) return chosen;
  const failed = await listFailedDatasetIds(tx, task.id);
  const left = chosen.filter((id) => failed.has(id));
  if (left.length === 0) throw nothingFailed();
  return left;
}

/** Datasets with their present definitions, and the columns that are known to be unreadable. */
async function datasetsAtStart(
  tx: Tx,
  task: TaskRow,
  { ids, queuedAt }: { readonly ids: readonly string[]; readonly queuedAt: Date },
): Promise<NewRun['datasets']> {
  const granted = grantedOf(await requireConnection({ db: tx }, task.connectionId));
  const rows = new Map((await findDatasets(tx, ids)).map((row) => [row.id, row]));
  const datasets: NewRun['datasets'][number][] = [];
  for (const { id, definition, probe } of ids.flatMap((id) => rows.get(id) ?? [])) {
    const refused = refusedNow(definition, granted, probe);
    const last = refused.length === 0 ? null : await findLastPublished(tx, { ...landingPlaceOf(task), datasetId: id });
    const since = new Map(last?.unread.map((column) => [column.name, column.since]));
    const unread = refused.map((column) => ({ ...column, since: since.get(column.name) ?? queuedAt.toISOString() }));
    datasets.push({ id, definition, unread });
  }
  return datasets;
}

function taskPaused(): ConflictError {
  return new ConflictError({
    code: 'task-paused',
    title: 'This task is paused.',
    remedy: 'Resume the task, then start it.',
    fixer: 'you',
  });
}

function nothingFailed(): ConflictError {
  return new ConflictError({
    code: 'nothing-failed',
    title: 'No dataset of this task has failed.',
    remedy: 'Reload all datasets, or choose the datasets to reload.',
    fixer: 'you',
  });
}

function runInProgress(runId: string): ConflictError {
  return new ConflictError({
    code: 'run-in-progress',
    title: 'This task is already running.',
    remedy: 'Wait for that run, or cancel it first.',
    fixer: 'you',
    link: `/runs/${runId}`,
  });
}

/** The job of a cancelled run has not ended yet. */
function jobInTheWay(): ConflictError {
  return new ConflictError({
    code: 'run-in-progress',
    title: 'The last run of this task has not stopped completely.',
    remedy: 'Try again in a few seconds.',
    fixer: 'you',
  });
}
