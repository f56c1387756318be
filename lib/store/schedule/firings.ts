import type { RunState } from '#lib/domain/run/run.ts';
import { type FiringDto, skipReasonMessage } from '#lib/domain/schedule/firing.ts';
import { ScheduleRule } from '#lib/domain/schedule/schedule-rule.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import type { FiringOutcome } from '#prisma/generated/enums.ts';

export interface NewFiring {
  readonly scheduleId: string;
  readonly plannedAt: Date;
  readonly handledAt: Date;
  readonly outcome: FiringOutcome;
  readonly reason: string | null;
  readonly runId: string | null;
}

/** A planned time that is recorded already is a unique violation, so that nothing starts twice. */
export async function insertFirings(tx: Tx, firings: readonly NewFiring[]): Promise<void> {
  await tx.scheduleFiring.createMany({ data: [...firings] });
}

/** Newest first. */
export async function listFirings(db: Db, scheduleId: string, limit: number): Promise<FiringDto[]> {
  const rows = await db.scheduleFiring.findMany({ where: { scheduleId }, orderBy: { plannedAt: 'desc' }, take: limit });
  return rows.map(({ plannedAt, handledAt, outcome, reason, runId }) => ({
    plannedAt: plannedAt.toISOString(),
    handledAt: handledAt.toISOString(),
    outcome,
    reason: reason === null ? null : skipReasonMessage(reason),
    runId,
  }));
}

/** Whether the planned time of a schedule is recorded. */
export async function hasFiring(tx: Tx, scheduleId: string, plannedAt: Date): Promise<boolean> {
  const where = { scheduleId_plannedAt: { scheduleId, plannedAt } };
  return (await tx.scheduleFiring.findUnique({ where, select: { scheduleId: true } })) !== null;
}

export async function deleteOldFirings(db: Db, before: Date): Promise<void> {
  await db.scheduleFiring.deleteMany({ where: { plannedAt: { lt: before } } });
}

/**
 * Makes the schedules due that follow a task which has just ended. If one is already due and not processed, the second end is recorded
 * as skipped: both would start the same run.
 */
export async function makeFollowersDue(
  tx: Tx,
  { taskId, state, at }: { readonly taskId: string; readonly state: RunState; readonly at: Date },
): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string; rule: unknown; nextAt: Date | null }[]>`
    SELECT id, rule, next_at AS "nextAt" FROM schedules WHERE after_task_id = ${taskId} AND enabled ORDER BY id FOR NO KEY UPDATE`;
  for (const { id, rule, nextAt } of rows) {
    const parsed = ScheduleRule.parse(rule);
    if (parsed.kind !== 'event' || !parsed.states.includes(state)) continue;
    if (nextAt === null) await tx.schedule.update({ where: { id }, data: { nextAt: at }, select: { id: true } });
    else if (nextAt.getTime() !== at.getTime()) {
      await insertFirings(tx, [
        { scheduleId: id, plannedAt: at, handledAt: at, outcome: 'skipped', reason: 'overlap', runId: null },
      ]);
    }
  }
}
