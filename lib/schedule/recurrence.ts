import { RRuleTemporal } from 'rrule-temporal';
import { toText } from 'rrule-temporal/totext';
import { Temporal } from 'temporal-polyfill';
import { RuleError, unreadable } from './rule-error.ts';

/** A recurrence rule of RFC 5545, evaluated on local times: they are treated as UTC, which has no daylight saving. */
export interface Recurrence {
  /** The rule parts, e.g. `FREQ=WEEKLY;BYDAY=MO`. */
  readonly parts: string;
  readonly start: Temporal.PlainDateTime;
  /** Whether it repeats by minutes or hours without naming hours. */
  readonly countsTime: boolean;
}

/** Frequencies of constant length: evaluation may start near the requested time. */
const STEP_MINUTES: Readonly<Record<string, number>> = { MINUTELY: 1, HOURLY: 60, DAILY: 1440, WEEKLY: 7 * 1440 };
/** Start of a rule with neither DTSTART nor `start`: the first Monday of 2024, midnight. */
const EPOCH = '2024-01-01T00:00';

/** @throws RuleError */
export function parseRecurrence(
  { text, start }: { readonly text: string; readonly start: string | null },
  timeZone: string,
): Recurrence {
  let parts: string | null = null;
  let begin = Temporal.PlainDateTime.from(start ?? EPOCH);
  for (const line of text.split(/\s*\r?\n\s*/).filter((part) => part !== '')) {
    const [, name = 'RRULE', parameters = '', value = ''] = /^(?:([A-Za-z]+)((?:;[^:]*)?):)?(.*)$/.exec(line) ?? [];
    if (name.toUpperCase() === 'DTSTART') begin = startOf({ parameters, value, timeZone });
    else if (name.toUpperCase() === 'RRULE' && parts === null) parts = value;
    else throw new RuleError(`A recurrence rule may have one RRULE and one DTSTART. ${name} is not supported here.`);
  }
  if (parts === null) throw new RuleError('The recurrence rule has no RRULE.');
  const recurrence = { parts: localUntil(parts, timeZone), start: begin };
  const frequency = partOf(recurrence.parts, 'FREQ');
  if (frequency === 'SECONDLY') throw new RuleError('A task can start at most once a minute.');
  const countsTime = (frequency === 'MINUTELY' || frequency === 'HOURLY') && partOf(recurrence.parts, 'BYHOUR') === null;
  try {
    open(recurrence);
  } catch (error) {
    throw unreadable('The recurrence rule', error);
  }
  return { ...recurrence, countsTime };
}

/** The local times of the recurrence, starting at `from`. */
export function* recurrenceTimes(recurrence: Recurrence, from: Temporal.PlainDateTime): Iterable<Temporal.PlainDateTime> {
  const rule = open({ parts: recurrence.parts, start: nearStart(recurrence, from) });
  let last = from.subtract({ milliseconds: 1 }).toZonedDateTime('UTC');
  for (;;) {
    let next: { readonly epochMilliseconds: number } | null;
    try {
      next = rule.next(last);
    } catch {
      // A date that does not exist.
      return;
    }
    if (next === null) return;
    last = Temporal.Instant.fromEpochMilliseconds(next.epochMilliseconds).toZonedDateTimeISO('UTC');
    yield last.toPlainDateTime();
  }
}

/** An English description of the rule. */
export function recurrenceText(recurrence: Recurrence): string {
  const text = toText(open(recurrence)).replace(/ UTC\b/, '');
  const time = recurrence.countsTime || text.includes(' at ') ? '' : ' at midnight';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${time}`;
}

function open({ parts, start }: Pick<Recurrence, 'parts' | 'start'>): RRuleTemporal {
  return new RRuleTemporal({ rruleString: parts, dtstart: start.toZonedDateTime('UTC') });
}

/** The start moved forward by the number of whole steps before `from`: gives the same times without evaluating the earlier ones. */
function nearStart({ parts, start }: Recurrence, from: Temporal.PlainDateTime): Temporal.PlainDateTime {
  const minutes = STEP_MINUTES[partOf(parts, 'FREQ') ?? ''];
  if (minutes === undefined || partOf(parts, 'COUNT') !== null) return start;
  const step = minutes * Number(partOf(parts, 'INTERVAL') ?? '1');
  const passed = Math.floor(start.until(from, { largestUnit: 'minute' }).total({ unit: 'minute' }) / step) - 1;
  return passed <= 0 ? start : start.add({ minutes: passed * step });
}

function partOf(parts: string, name: string): string | null {
  return new RegExp(`(?:^|;)${name}=([^;]*)`, 'i').exec(parts)?.[1]?.toUpperCase() ?? null;
}

function startOf({
  parameters,
  value,
  timeZone,
}: {
  parameters: string;
  value: string;
  timeZone: string;
}): Temporal.PlainDateTime {
  const zone = /;TZID=([^;]+)/i.exec(parameters)?.[1] ?? (value.endsWith('Z') ? 'UTC' : timeZone);
  if (zone !== timeZone) throw new RuleError(`DTSTART is in the time zone ${zone}: choose it as the time zone of the schedule.`);
  try {
    return Temporal.PlainDateTime.from(value.replace(/Z$/, ''));
  } catch (error) {
    throw new RuleError('DTSTART must be a date and a time such as 20260105T063000.', { cause: error });
  }
}

/** Converts UNTIL, an instant in UTC (RFC 5545, section 3.3.10), to local time. */
function localUntil(parts: string, timeZone: string): string {
  return parts.replace(/((?:^|;)UNTIL=)(\d{8}T\d{6}Z)/i, (_, head: string, value: string) => {
    const local = Temporal.PlainDateTime.from(value.slice(0, -1)).toZonedDateTime('UTC').withTimeZone(timeZone).toPlainDateTime();
    return `${head}${local.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')}Z`;
  });
}
