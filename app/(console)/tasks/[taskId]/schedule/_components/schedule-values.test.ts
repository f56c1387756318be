import { expect, test } from 'vitest';
import type { ScheduleDto } from '#lib/domain/schedule/schedule.ts';
import { ScheduleRule } from '#lib/domain/schedule/schedule-rule.ts';
import { ruleOf, toggleHour, toggleHourOnAll, valuesOfSchedule } from './schedule-values.ts';

const NO_HOURS = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };

test.each([
  { kind: 'minutes', every: 15 },
  { kind: 'hourly', every: 6, minute: 5 },
  { kind: 'daily', time: '06:30', weekdaysOnly: true },
  { kind: 'monthly', day: 31, time: '00:00' },
  { kind: 'weekly', minute: 10, hours: { ...NO_HOURS, mon: [6, 18] } },
  { kind: 'cron', expression: '0 6 * * *' },
  { kind: 'rrule', text: 'FREQ=DAILY', start: null },
  { kind: 'event', afterTaskId: `task_${'2'.repeat(20)}`, states: ['done'] },
])('$kind: what is shown and saved again is the same', (rule) => {
  const parsed = ScheduleRule.parse(rule);
  const schedule = { rule: parsed, timeZone: 'UTC', missedRuns: 'skip', enabled: false } as unknown as ScheduleDto;
  const values = valuesOfSchedule(schedule, 'Europe/Berlin');
  expect([ruleOf(values), values.timeZone, values.missedRuns, values.enabled]).toEqual([parsed, 'UTC', 'skip', false]);
});

test('hours of the grid are taken in and out, for a day or for all', () => {
  const monday = toggleHour(NO_HOURS, 'mon', 6);
  expect(monday.mon).toEqual([6]);
  const all = toggleHourOnAll(monday, 6);
  expect(Object.values(all)).toEqual(Array(7).fill([6]));
  expect(toggleHourOnAll(all, 6)).toEqual(NO_HOURS);
});
