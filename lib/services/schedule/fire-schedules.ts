import type { ScheduleActor } from '#lib/domain/account/actor.ts';
import { evaluateDue } from '#lib/domain/schedule/firing.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { nextFirings } from '#lib/schedule/next-firings.ts';
import { findActiveRunId } from '#lib/store/run/runs.ts';
import { lockTask } from '#lib/store/run/tasks.ts';
import { hasFiring, insertFirings, type NewFiring } from '#lib/store/schedule/firings.ts';
import { findScheduleById, listDueIds, lockDueSchedule, type ScheduleRow, setNextAt } from '#lib/store/schedule/schedules.ts';
import { findSchedulesPause } from '#lib/store/schedule/schedules-pause.ts';
import type { Context } from '../context.ts';
import { StartRunInput, startRunInTransaction } from '../run/start-run.ts';
import { write } from '../write.ts';

export type FiringDeps = Pick<Context, 'db' | 'clock' | 'log' | 'queue'>;

/** Planned times that are recorded in one transaction; the next transaction records the rest. */
const BATCH = 500;

/**
 * Fires the schedules that are due. Several workers may call it at the same time: a schedule is locked by one transaction,
 * and a planned time is recorded in the transaction that starts its run. Returns how many runs were started.
 */
export async function fireSchedules(deps: FiringDeps): Promise<number> {
  let started = 0;
  for (const id of await listDueIds(deps.db, deps.clock.now())) {
    try {
      for (let result: FiredOnce = { started: 0, hasMore: true }; result.hasMore; started += result.started) {
        result = await fireOnce(deps, id);
      }
    } catch (error) {
      // A failing schedule must not prevent the others from firing; it is retried.
      deps.log.error({ err: error, scheduleId: id }, 'schedule');
    }
  }
  return started;
}

interface FiredOnce {
  readonly started: number;
  readonly hasMore: boolean;
}

async function fireOnce({ db, clock, queue }: FiringDeps, id: string): Promise<FiredOnce> {
  const now = clock.now();
  const due = await findScheduleById(db, id);
  if (due === null) return { started: 0, hasMore: false };
  const actor: ScheduleActor = {
    ...{ kind: 'schedule', scheduleId: id, scheduleName: due.task.name },
    ...{ userId: due.owner.id, email: due.owner.email },
  };
  return write({ db, clock, actor }, async (tx, audit) => {
    // Locks in the same order as an edit: first the task, then its schedule.
    if (!(await lockTask(tx, due.taskId))) return { started: 0, hasMore: false };
    const row = await lockDueSchedule(tx, id, now);
    if (row?.nextAt === null || row === null) return { started: 0, hasMore: false };
    const { planned, nextAt } = plannedOf(row, row.nextAt, now);
    const isAll = nextAt === null || nextAt > now;
    await setNextAt(tx, id, nextAt);
    const firings: NewFiring[] = [];
    for (const { plannedAt, verdict } of evaluateDue(planned, { now, missedRuns: row.missedRuns, isAll })) {
      if (await hasFiring(tx, id, plannedAt)) continue;
      const outcome =
        verdict === 'missed'
          ? ({ outcome: 'missed', reason: 'late', runId: null } as const)
          : await start(tx, row, () =>
              startRunInTransaction(tx, { actor, clock, queue }, { ...StartRunInput.parse({ taskId: row.taskId }), audit }),
            );
      firings.push({ scheduleId: id, plannedAt, handledAt: now, ...outcome });
    }
    await insertFirings(tx, firings);
    return { started: firings.filter(({ outcome }) => outcome === 'run').length, hasMore: !isAll };
  });
}

/** The due planned times, and the next one after them. */
function plannedOf({ rule, timeZone }: ScheduleRow, first: Date, now: Date) {
  const planned = [first];
  for (const at of nextFirings({ rule, timeZone, after: first, count: BATCH })) {
    if (at > now || planned.length === BATCH) return { planned, nextAt: at };
    planned.push(at);
  }
  return { planned, nextAt: null };
}

/** Starts the run, or returns why it did not. */
async function start(
  tx: Tx,
  { taskId, task }: ScheduleRow,
  run: () => Promise<string>,
): Promise<Pick<NewFiring, 'outcome' | 'reason' | 'runId'>> {
  const skipped = (reason: string, runId: string | null = null) => ({ outcome: 'skipped', reason, runId }) as const;
  if ((await findSchedulesPause(tx)) !== null) return skipped('all-paused');
  if (task.pausedAt !== null) return skipped('task-paused');
  const active = await findActiveRunId(tx, taskId);
  if (active !== null) return skipped('overlap', active);
  // Writes of a refused start are rolled back.
  await tx.$executeRaw`SAVEPOINT start_run`;
  try {
    return { outcome: 'run', reason: null, runId: await run() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT start_run`;
    return skipped(error.code === 'run-in-progress' ? 'overlap' : error.code);
  }
}
