import { CronExpressionParser } from 'cron-parser';
import { Temporal } from 'temporal-polyfill';
import { type TimeRule, WEEKDAYS } from '#lib/domain/schedule/schedule-rule.ts';
import { parseRecurrence, recurrenceTimes } from './recurrence.ts';
import { RuleError, unreadable } from './rule-error.ts';

/** The local times of a rule, and whether they repeat. */
export interface LocalTimes {
  /** Ascending, starting at `from`; ends where the rule ends. */
  from(from: Temporal.PlainDateTime): Iterable<Temporal.PlainDateTime>;
  /**
   * Whether the rule counts elapsed time instead of naming hours: it then fires in both passes of a repeated hour. Otherwise a local time
   * that occurs twice fires once.
   */
  readonly repeats: boolean;
}

/** @throws RuleError */
export function localTimesOf(rule: TimeRule, timeZone: string): LocalTimes {
  switch (rule.kind) {
    case 'minutes':
      return cron(rule.every === 1 ? '* * * * *' : `*/${rule.every} * * * *`);
    case 'hourly':
      return cron(rule.every === 1 ? `${rule.minute} * * * *` : `${rule.minute} */${rule.every} * * *`);
    case 'daily':
      return cron(`${cronTime(rule.time)} * * ${rule.weekdaysOnly ? '1-5' : '*'}`);
    case 'monthly':
      return monthly(rule, timeZone);
    case 'weekly':
      return { from: (from) => weekly(rule, from), repeats: false };
    case 'cron':
      return cron(rule.expression);
    case 'rrule': {
      const recurrence = parseRecurrence(rule, timeZone);
      return { from: (from) => recurrenceTimes(recurrence, from), repeats: recurrence.countsTime };
    }
  }
}

/** `06:30` -> `30 6` */
function cronTime(time: string): string {
  const [hour, minute] = time.split(':').map(Number);
  return `${minute} ${hour}`;
}

function cron(expression: string): LocalTimes {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw new RuleError('A cron expression has five fields: minute, hour, day of month, month, day of week.');
  }
  // Evaluated in UTC, which has no daylight saving: the results are local times.
  const parse = (currentDate: Date) => CronExpressionParser.parse(expression, { tz: 'UTC', currentDate });
  try {
    parse(new Date(0));
  } catch (error) {
    throw unreadable('The cron expression', error);
  }
  return { from: (from) => cronTimes(parse(before(from))), repeats: fields[1] === '*' };
}

/** cron-parser returns times strictly after the given one. */
function before(from: Temporal.PlainDateTime): Date {
  return new Date(from.toZonedDateTime('UTC').epochMilliseconds - 1);
}

function* cronTimes(times: ReturnType<typeof CronExpressionParser.parse>): Iterable<Temporal.PlainDateTime> {
  for (;;) {
    let next: number;
    try {
      next = times.next().getTime();
    } catch {
      // A date that does not exist, such as 30 February.
      return;
    }
    yield Temporal.Instant.fromEpochMilliseconds(next).toZonedDateTimeISO('UTC').toPlainDateTime();
  }
}

function monthly({ day, time }: Extract<TimeRule, { kind: 'monthly' }>, timeZone: string): LocalTimes {
  // The last of these days that exists in the month.
  const days = Array.from({ length: Math.max(1, day - 27) }, (_, index) => day - index);
  const [hour, minute] = time.split(':').map(Number);
  const text = `FREQ=MONTHLY;BYMONTHDAY=${days.join(',')};BYSETPOS=-1;BYHOUR=${hour};BYMINUTE=${minute};BYSECOND=0`;
  const recurrence = parseRecurrence({ text, start: '2000-01-01T00:00' }, timeZone);
  return { from: (from) => recurrenceTimes(recurrence, from), repeats: false };
}

function* weekly(
  { minute, hours }: Extract<TimeRule, { kind: 'weekly' }>,
  from: Temporal.PlainDateTime,
): Iterable<Temporal.PlainDateTime> {
  for (let date = from.toPlainDate(); ; date = date.add({ days: 1 })) {
    const weekday = WEEKDAYS[date.dayOfWeek - 1] ?? 'mon';
    for (const hour of hours[weekday].toSorted((a, b) => a - b)) {
      const time = date.toPlainDateTime({ hour, minute });
      if (Temporal.PlainDateTime.compare(time, from) >= 0) yield time;
    }
  }
}
