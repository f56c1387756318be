import type { ScheduleDto, ScheduleSummaryDto } from '#lib/domain/schedule/schedule.ts';
import { nextFirings } from '#lib/schedule/next-firings.ts';
import { scheduleSentence } from '#lib/schedule/sentence.ts';
import { listFirings } from '#lib/store/schedule/firings.ts';
import type { ScheduleRow } from '#lib/store/schedule/schedules.ts';
import type { Context } from '../context.ts';

export const NEXT_SHOWN = 5;
const FIRINGS_SHOWN = 20;

/** @param closed ids of the connections that are closed to who asks: their tasks are not named. */
export function toScheduleSummary(
  { rule, timeZone, afterTask, enabled, nextAt }: ScheduleRow,
  closed: readonly string[],
): ScheduleSummaryDto {
  const isHidden = afterTask !== null && closed.includes(afterTask.connectionId);
  return {
    sentence: scheduleSentence(rule, timeZone, isHidden ? 'a task that you may not see' : (afterTask?.name ?? null)),
    enabled,
    nextAt: enabled && rule.kind !== 'event' ? (nextAt?.toISOString() ?? null) : null,
  };
}

/** @param closed see toScheduleSummary. */
export async function readScheduleDto(
  ctx: Pick<Context, 'db' | 'clock'>,
  row: ScheduleRow,
  closed: readonly string[],
): Promise<ScheduleDto> {
  const { id, taskId, rule, timeZone, missedRuns, version, enabled } = row;
  const next = enabled ? nextFirings({ rule, timeZone, after: ctx.clock.now(), count: NEXT_SHOWN }) : [];
  return {
    ...toScheduleSummary(row, closed),
    ...{ id, taskId, rule, timeZone, missedRuns, version },
    taskName: row.task.name,
    owner: row.owner.email,
    next: next.map((at) => at.toISOString()),
    firings: await listFirings(ctx.db, id, FIRINGS_SHOWN),
  };
}
