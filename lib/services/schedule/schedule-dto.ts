import type { ScheduleDto, ScheduleSummaryDto } from '#lib/domain/schedule/schedule.ts';
import { nextFirings } from '#lib/schedule/next-firings.ts';
import { scheduleSentence } from '#lib/schedule/sentence.ts';
import { listFirings } from '#lib/store/schedule/firings.ts';
import type { ScheduleRow } from '#lib/store/schedule/schedules.ts';
import type { Context } from '../context.ts';

export const NEXT_SHOWN = 5;
const FIRINGS_SHOWN = 20;

export function toScheduleSummary({ rule, timeZone, afterTask, enabled, nextAt }: ScheduleRow): ScheduleSummaryDto {
  return {
    sentence: scheduleSentence(rule, timeZone, afterTask?.name ?? null),
    enabled,
    nextAt: enabled && rule.kind !== 'event' ? (nextAt?.toISOString() ?? null) : null,
  };
}

export async function readScheduleDto(ctx: Pick<Context, 'db' | 'clock'>, row: ScheduleRow): Promise<ScheduleDto> {
  const { id, taskId, rule, timeZone, missedRuns, version, enabled } = row;
  const next = enabled ? nextFirings({ rule, timeZone, after: ctx.clock.now(), count: NEXT_SHOWN }) : [];
  return {
    ...toScheduleSummary(row),
    ...{ id, taskId, rule, timeZone, missedRuns, version },
    taskName: row.task.name,
    owner: row.owner.email,
    next: next.map((at) => at.toISOString()),
    firings: await listFirings(ctx.db, id, FIRINGS_SHOWN),
  };
}
