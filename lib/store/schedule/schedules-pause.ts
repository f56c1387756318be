import type { SchedulesPauseDto } from '#lib/domain/schedule/schedule.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** Id of the only row. */
const ID = 1;

export async function findSchedulesPause(db: Db | Tx): Promise<SchedulesPauseDto> {
  const row = await db.schedulesPause.findUnique({ where: { id: ID } });
  return row === null ? null : { pausedAt: row.pausedAt.toISOString(), pausedBy: row.pausedBy };
}

/** @param pause null: ends the pause */
export async function setSchedulesPause(tx: Tx, pause: { readonly at: Date; readonly by: string } | null): Promise<void> {
  if (pause === null) {
    await tx.schedulesPause.deleteMany();
    return;
  }
  const data = { pausedAt: pause.at, pausedBy: pause.by };
  await tx.schedulesPause.upsert({ where: { id: ID }, create: { id: ID, ...data }, update: data });
}
