import type { z } from 'zod';
import type { SchedulePreviewDto } from '#lib/domain/schedule/schedule.ts';
import { ScheduleSettings } from '#lib/domain/schedule/schedule-rule.ts';
import { scheduleSentence } from '#lib/schedule/sentence.ts';
import { findTask } from '#lib/store/run/tasks.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { checkRule } from './check-rule.ts';
import { NEXT_SHOWN } from './schedule-dto.ts';

export const PreviewScheduleInput = ScheduleSettings.pick({ rule: true, timeZone: true });
export type PreviewScheduleInput = z.input<typeof PreviewScheduleInput>;

/** A sentence about a rule, with its next times. @throws InvalidInputError `time-zone`, `schedule-rule` */
export async function previewSchedule({ ctx, input }: Call<PreviewScheduleInput>): Promise<SchedulePreviewDto> {
  requireRole(ctx, 'viewer');
  const { rule, timeZone } = PreviewScheduleInput.parse(input);
  const next = checkRule({ rule, timeZone }, { after: ctx.clock.now(), count: NEXT_SHOWN });
  if (rule.kind === 'event') await requireConnectionAccess(ctx, 'use', { taskId: rule.afterTaskId });
  const after = rule.kind === 'event' ? await findTask(ctx.db, rule.afterTaskId) : null;
  return { sentence: scheduleSentence(rule, timeZone, after?.name ?? null), next: next.map((at) => at.toISOString()) };
}
