import { type MissedRuns as MissedRunsName, ScheduleRule } from '#lib/domain/schedule/schedule-rule.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson } from '#lib/store/json.ts';
import type { MissedRuns as StoredMissedRuns } from '#prisma/generated/enums.ts';

const SCHEDULE = {
  ...{ id: true, taskId: true, rule: true, afterTaskId: true, timeZone: true, missedRuns: true, enabled: true, nextAt: true },
  version: true,
  owner: { select: { id: true, email: true } },
  task: { select: { name: true, pausedAt: true, connectionId: true } },
  afterTask: { select: { name: true, connectionId: true } },
} as const;

export interface ScheduleRow {
  readonly id: string;
  readonly taskId: string;
  readonly rule: ScheduleRule;
  readonly timeZone: string;
  readonly missedRuns: MissedRunsName;
  readonly enabled: boolean;
  readonly nextAt: Date | null;
  readonly version: number;
  readonly owner: { readonly id: string; readonly email: string };
  readonly task: { readonly name: string; readonly pausedAt: Date | null; readonly connectionId: string };
  /** Null when it follows no task, or that task was deleted. */
  readonly afterTask: { readonly name: string; readonly connectionId: string } | null;
}

interface Stored extends Omit<ScheduleRow, 'rule' | 'missedRuns'> {
  readonly rule: unknown;
  readonly missedRuns: StoredMissedRuns;
}

function toRow({ rule, missedRuns, ...row }: Stored): ScheduleRow {
  return { ...row, rule: ScheduleRule.parse(rule), missedRuns: missedRuns === 'skip' ? 'skip' : 'run-once' };
}

/** Schedules of these tasks; null: of all tasks, sorted by task name. */
export async function listScheduleRows(db: Db | Tx, taskIds: readonly string[] | null): Promise<ScheduleRow[]> {
  const where = taskIds === null ? {} : { taskId: { in: [...taskIds] } };
  return (await db.schedule.findMany({ where, select: SCHEDULE, orderBy: { task: { name: 'asc' } } })).map(toRow);
}

export async function findSchedule(db: Db | Tx, taskId: string): Promise<ScheduleRow | null> {
  const row = await db.schedule.findUnique({ where: { taskId }, select: SCHEDULE });
  return row === null ? null : toRow(row);
}

export async function findScheduleById(db: Db, id: string): Promise<ScheduleRow | null> {
  const row = await db.schedule.findUnique({ where: { id }, select: SCHEDULE });
  return row === null ? null : toRow(row);
}

export interface NewSchedule {
  readonly id: string;
  readonly taskId: string;
  readonly ownerId: string;
  readonly rule: ScheduleRule;
  readonly timeZone: string;
  readonly missedRuns: MissedRunsName;
  readonly enabled: boolean;
  readonly nextAt: Date | null;
}

/** Creates or replaces the schedule of a task, whose row must be locked. */
export async function putSchedule(tx: Tx, { id, taskId, rule, missedRuns, ...rest }: NewSchedule): Promise<void> {
  const data = {
    ...rest,
    rule: toJson(rule),
    afterTaskId: rule.kind === 'event' ? rule.afterTaskId : null,
    missedRuns: missedRuns === 'skip' ? ('skip' as const) : ('run_once' as const),
  };
  await tx.schedule.upsert({
    where: { taskId },
    create: { ...data, id, taskId },
    update: { ...data, version: { increment: 1 } },
    select: { id: true },
  });
}

export async function deleteScheduleRow(tx: Tx, taskId: string): Promise<void> {
  await tx.schedule.deleteMany({ where: { taskId } });
}

/** The task that a task follows; null: none. */
export async function findFollowed(tx: Tx, taskId: string): Promise<string | null> {
  return (await tx.schedule.findUnique({ where: { taskId }, select: { afterTaskId: true } }))?.afterTaskId ?? null;
}

/** Schedules that are due. */
export async function listDueIds(db: Db, now: Date): Promise<readonly string[]> {
  const rows = await db.schedule.findMany({
    where: { enabled: true, nextAt: { lte: now } },
    select: { id: true },
    orderBy: { nextAt: 'asc' },
  });
  return rows.map(({ id }) => id);
}

/** Whether any schedule is due. */
export async function isAnyScheduleDue(db: Db, now: Date): Promise<boolean> {
  return (await db.schedule.findFirst({ where: { enabled: true, nextAt: { lte: now } }, select: { id: true } })) !== null;
}

/** Locks a schedule for this transaction; null when another transaction has locked it, or it is not due any more. */
export async function lockDueSchedule(tx: Tx, id: string, now: Date): Promise<ScheduleRow | null> {
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT id FROM schedules WHERE id = ${id} AND enabled AND next_at <= ${now} FOR NO KEY UPDATE SKIP LOCKED`;
  if (locked.length === 0) return null;
  const row = await tx.schedule.findUnique({ where: { id }, select: SCHEDULE });
  return row === null ? null : toRow(row);
}

export async function setNextAt(tx: Tx, id: string, nextAt: Date | null): Promise<void> {
  await tx.schedule.update({ where: { id }, data: { nextAt }, select: { id: true } });
}
