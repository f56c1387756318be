import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { FINAL_RUN_STATES, RunState } from '#lib/domain/run/run.ts';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const WEEKDAY_LABEL = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
} as const satisfies Record<Weekday, string>;

/** A time of the day: `06:30`. */
const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Enter a time from 00:00 to 23:59.');
const Minute = z.number().int().min(0).max(59);
const Hours = z.array(z.number().int().min(0).max(23)).max(24).readonly();

/** Divisors of an hour and of a day: other steps would not be regular across hours or days. */
export const MINUTE_STEPS = [1, 5, 10, 15, 20, 30] as const;
export const HOUR_STEPS = [1, 2, 3, 4, 6, 8, 12] as const;

const EndState = RunState.refine((state) => FINAL_RUN_STATES.has(state), 'Choose states in which a run ends.');

/**
 * When a task starts by itself. Times are local times in the time zone of the schedule; lib/schedule converts them to
 * instants, also at the start and end of daylight saving time.
 */
export const ScheduleRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('minutes'), every: z.literal(MINUTE_STEPS) }),
  z.object({ kind: z.literal('hourly'), every: z.literal(HOUR_STEPS), minute: Minute }),
  z.object({ kind: z.literal('daily'), time: ClockTime, weekdaysOnly: z.boolean() }),
  /** In months without that day: on the last day. */
  z.object({ kind: z.literal('monthly'), day: z.number().int().min(1).max(31), time: ClockTime }),
  z.object({
    kind: z.literal('weekly'),
    minute: Minute,
    hours: z
      .object({ mon: Hours, tue: Hours, wed: Hours, thu: Hours, fri: Hours, sat: Hours, sun: Hours })
      .refine((hours) => Object.values(hours).some((list) => list.length > 0), 'Choose at least one hour of the week.'),
  }),
  /** Five fields: minute, hour, day of month, month, day of week. */
  z.object({ kind: z.literal('cron'), expression: z.string().trim().min(1, 'Enter an expression.').max(200) }),
  /** An RRULE of RFC 5545, with or without a DTSTART. `start`: the local time from which the rule counts when it has no DTSTART. */
  z.object({
    kind: z.literal('rrule'),
    text: z.string().trim().min(1, 'Enter a rule.').max(1000),
    start: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'Enter a date and a time.')
      .nullable()
      .default(null),
  }),
  /** After another task has ended in one of these states. */
  z.object({
    kind: z.literal('event'),
    afterTaskId: idSchema('task'),
    states: z.array(EndState).min(1, 'Choose at least one state.').max(4).readonly(),
  }),
]);
export type ScheduleRule = z.infer<typeof ScheduleRule>;
export type TimeRule = Exclude<ScheduleRule, { kind: 'event' }>;

export const MissedRuns = z.enum(['run-once', 'skip']);
export type MissedRuns = z.infer<typeof MissedRuns>;

export const ScheduleSettings = z.object({
  rule: ScheduleRule,
  /** IANA name, e.g. `Europe/Berlin`. */
  timeZone: z.string().trim().min(1, 'Choose a time zone.').max(64),
  missedRuns: MissedRuns.default('run-once'),
  enabled: z.boolean().default(true),
});
export type ScheduleSettings = z.infer<typeof ScheduleSettings>;
