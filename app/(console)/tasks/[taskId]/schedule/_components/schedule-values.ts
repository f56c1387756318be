import type { ScheduleDto } from '#lib/domain/schedule/schedule.ts';
import {
  type HOUR_STEPS,
  type MINUTE_STEPS,
  type MissedRuns,
  type ScheduleRule,
  WEEKDAYS,
  type Weekday,
} from '#lib/domain/schedule/schedule-rule.ts';

export type RuleKind = ScheduleRule['kind'];
export type EndState = Extract<ScheduleRule, { kind: 'event' }>['states'][number];

/** The form's input, with the fields of every kind of rule at once. */
export interface ScheduleValues {
  readonly kind: RuleKind;
  readonly everyMinutes: string;
  readonly everyHours: string;
  /** 0..59; for hourly rules and the week grid. */
  readonly minute: string;
  readonly time: string;
  readonly weekdaysOnly: boolean;
  readonly day: string;
  readonly hours: Readonly<Record<Weekday, readonly number[]>>;
  readonly expression: string;
  readonly text: string;
  readonly start: string;
  readonly afterTaskId: string;
  readonly states: readonly EndState[];
  readonly timeZone: string;
  readonly missedRuns: MissedRuns;
  readonly enabled: boolean;
}

const NO_HOURS: ScheduleValues['hours'] = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };

/** Input of an existing schedule, or defaults of a new one. @param timeZone default for a new one */
export function valuesOfSchedule(schedule: ScheduleDto | null, timeZone: string): ScheduleValues {
  const first: ScheduleValues = {
    kind: 'daily',
    everyMinutes: '15',
    everyHours: '1',
    minute: '0',
    time: '06:30',
    weekdaysOnly: false,
    day: '1',
    hours: NO_HOURS,
    expression: '30 6 * * 1-5',
    text: '',
    start: '',
    afterTaskId: '',
    states: ['done', 'partial'],
    timeZone,
    missedRuns: 'run-once',
    enabled: true,
  };
  if (schedule === null) return first;
  const { rule, missedRuns, enabled } = schedule;
  return { ...first, missedRuns, enabled, timeZone: schedule.timeZone, kind: rule.kind, ...entriesOf(rule) };
}

function entriesOf(rule: ScheduleRule): Partial<ScheduleValues> {
  switch (rule.kind) {
    case 'minutes':
      return { everyMinutes: String(rule.every) };
    case 'hourly':
      return { everyHours: String(rule.every), minute: String(rule.minute) };
    case 'daily':
      return { time: rule.time, weekdaysOnly: rule.weekdaysOnly };
    case 'monthly':
      return { time: rule.time, day: String(rule.day) };
    case 'weekly':
      return { minute: String(rule.minute), hours: rule.hours };
    case 'cron':
      return { expression: rule.expression };
    case 'rrule':
      return { text: rule.text, start: rule.start ?? '' };
    case 'event':
      return { afterTaskId: rule.afterTaskId, states: rule.states };
  }
}

/** The rule of the input; the server validates it. */
export function ruleOf(values: ScheduleValues): ScheduleRule {
  const minute = Number(values.minute);
  switch (values.kind) {
    case 'minutes':
      return { kind: 'minutes', every: Number(values.everyMinutes) as (typeof MINUTE_STEPS)[number] };
    case 'hourly':
      return { kind: 'hourly', every: Number(values.everyHours) as (typeof HOUR_STEPS)[number], minute };
    case 'daily':
      return { kind: 'daily', time: values.time, weekdaysOnly: values.weekdaysOnly };
    case 'monthly':
      return { kind: 'monthly', day: Number(values.day), time: values.time };
    case 'weekly':
      return { kind: 'weekly', minute, hours: { ...values.hours } };
    case 'cron':
      return { kind: 'cron', expression: values.expression };
    case 'rrule':
      return { kind: 'rrule', text: values.text, start: values.start === '' ? null : values.start };
    case 'event':
      return { kind: 'event', afterTaskId: values.afterTaskId as `task_${string}`, states: values.states };
  }
}

/** The hours of a weekday with one hour toggled. */
export function toggleHour(hours: ScheduleValues['hours'], weekday: Weekday, hour: number): ScheduleValues['hours'] {
  const now = hours[weekday];
  const next = now.includes(hour) ? now.filter((other) => other !== hour) : [...now, hour].sort((a, b) => a - b);
  return { ...hours, [weekday]: next };
}

/** Toggles an hour on all days: off where it is on for every day, else on. */
export function toggleHourOnAll(hours: ScheduleValues['hours'], hour: number): ScheduleValues['hours'] {
  const isOn = WEEKDAYS.every((weekday) => hours[weekday].includes(hour));
  return WEEKDAYS.filter((weekday) => hours[weekday].includes(hour) === isOn).reduce(
    (changed, weekday) => toggleHour(changed, weekday, hour),
    hours,
  );
}
