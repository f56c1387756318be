import { z } from 'zod';
import { actorRef } from '#lib/domain/account/actor.ts';
import type { SchedulesPauseDto } from '#lib/domain/schedule/schedule.ts';
import { findSchedulesPause, setSchedulesPause } from '#lib/store/schedule/schedules-pause.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';

export const PauseSchedulesInput = z.object({ paused: z.boolean() });
export type PauseSchedulesInput = z.input<typeof PauseSchedulesInput>;

/** Pauses or resumes all schedules of this installation. Planned times during the pause are recorded as skipped. */
export async function pauseSchedules({ ctx, input }: Call<PauseSchedulesInput>): Promise<{ pause: SchedulesPauseDto }> {
  const actor = requireRole(ctx, 'admin');
  const { paused } = PauseSchedulesInput.parse(input);
  await write(ctx, async (tx, audit) => {
    if (((await findSchedulesPause(tx)) !== null) === paused) return;
    await setSchedulesPause(tx, paused ? { at: ctx.clock.now(), by: actorRef(actor).name } : null);
    await audit({ action: paused ? 'schedules.pause' : 'schedules.resume', subjectId: null });
  });
  return { pause: await findSchedulesPause(ctx.db) };
}

/** Whether all schedules are paused, since when, and by whom. */
export async function getSchedulesPause({ ctx }: Call<unknown>): Promise<SchedulesPauseDto> {
  requireRole(ctx, 'viewer');
  return findSchedulesPause(ctx.db);
}
