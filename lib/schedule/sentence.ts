import cronstrue from 'cronstrue';
import { RUN_STATE_LABEL } from '#lib/domain/run/run.ts';
import { type ScheduleRule, type TimeRule, WEEKDAY_LABEL, WEEKDAYS } from '#lib/domain/schedule/schedule-rule.ts';
import { parseRecurrence, recurrenceText } from './recurrence.ts';

/** A schedule in a sentence, e.g. `Every weekday at 06:30, Europe/Berlin`. @param afterTask name of the task that it follows; null: deleted */
export function scheduleSentence(rule: ScheduleRule, timeZone: string, afterTask: string | null): string {
  if (rule.kind !== 'event') return `${timeWords(rule, timeZone)}, ${timeZone}`;
  const states = rule.states.map((state) => RUN_STATE_LABEL[state].toLowerCase());
  return `After ${afterTask ?? 'a deleted task'} has ended: ${listed(states, 'or')}`;
}

function timeWords(rule: TimeRule, timeZone: string): string {
  switch (rule.kind) {
    case 'minutes':
      return rule.every === 1 ? 'Every minute' : `Every ${rule.every} minutes`;
    case 'hourly':
      return rule.every === 1 ? `Every hour at :${two(rule.minute)}` : `Every ${rule.every} hours from 00:${two(rule.minute)}`;
    case 'daily':
      return `Every ${rule.weekdaysOnly ? 'weekday' : 'day'} at ${rule.time}`;
    case 'monthly':
      return `Every month on day ${rule.day}${rule.day > 28 ? ' (or the last one)' : ''} at ${rule.time}`;
    case 'weekly':
      return weeklyWords(rule);
    case 'cron':
      return cronstrue.toString(rule.expression, { use24HourTimeFormat: true });
    case 'rrule':
      return recurrenceText(parseRecurrence(rule, timeZone));
  }
}

/** Joins days with the same hours. */
function weeklyWords({ minute, hours }: Extract<TimeRule, { kind: 'weekly' }>): string {
  const daysByHours = new Map<string, string[]>();
  for (const weekday of WEEKDAYS) {
    const times = hours[weekday].toSorted((a, b) => a - b).map((hour) => `${two(hour)}:${two(minute)}`);
    if (times.length === 0) continue;
    const key = times.length === 24 ? `every hour at :${two(minute)}` : `at ${listed(times, 'and')}`;
    daysByHours.set(key, [...(daysByHours.get(key) ?? []), WEEKDAY_LABEL[weekday]]);
  }
  return [...daysByHours].map(([times, days]) => `${days.length === 7 ? 'Every day' : listed(days, 'and')} ${times}`).join('; ');
}

/** `a, b and c` */
function listed(words: readonly string[], joint: 'and' | 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1)}`;
}

const two = (number: number) => String(number).padStart(2, '0');
