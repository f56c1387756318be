import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { FiringDto } from '#lib/domain/schedule/firing.ts';
import type { ScheduleDto, SchedulePreviewDto, SchedulesPauseDto } from '#lib/domain/schedule/schedule.ts';
import { MissedRuns, ScheduleRule } from '#lib/domain/schedule/schedule-rule.ts';

const Moment = z.iso.datetime();

const FiringSchema = z.object({
  plannedAt: Moment,
  handledAt: Moment,
  outcome: z.enum(['run', 'skipped', 'missed']),
  reason: z.string().nullable(),
  runId: idSchema('run').nullable(),
}) satisfies z.ZodType<FiringDto>;

export const ScheduleSchema = z.object({
  id: idSchema('sched'),
  taskId: idSchema('task'),
  taskName: z.string(),
  sentence: z.string().describe('The rule in words.'),
  rule: ScheduleRule,
  timeZone: z.string(),
  missedRuns: MissedRuns,
  enabled: z.boolean(),
  owner: z.string().describe('The person in whose name the schedule starts runs.'),
  version: z.number().int(),
  nextAt: Moment.nullable(),
  next: z.array(Moment).describe('The next planned times, five at most.'),
  firings: z.array(FiringSchema).describe('The results of the last planned times, the newest first.'),
}) satisfies z.ZodType<ScheduleDto>;

export const SchedulePreviewSchema = z.object({
  sentence: z.string(),
  next: z.array(Moment),
}) satisfies z.ZodType<SchedulePreviewDto>;

export const SchedulesPauseSchema = z.object({
  pause: z.object({ pausedAt: Moment, pausedBy: z.string() }).nullable() satisfies z.ZodType<SchedulesPauseDto>,
});
