import { describe, expect, it } from 'vitest';
import type { ScheduleRule } from '#lib/domain/schedule/schedule-rule.ts';
import { isTimeZone } from './instants.ts';
import { nextFirings } from './next-firings.ts';
import { scheduleSentence } from './sentence.ts';

const times = (rule: ScheduleRule, timeZone: string, after: string, count = 3) =>
  nextFirings({ rule, timeZone, after: new Date(after), count }).map((at) => at.toISOString().replace(':00.000Z', 'Z'));

const daily = (time: string): ScheduleRule => ({ kind: 'daily', time, weekdaysOnly: false });
const cron = (expression: string): ScheduleRule => ({ kind: 'cron', expression });
const rrule = (text: string, start: string | null = null): ScheduleRule => ({ kind: 'rrule', text, start });
const NO_HOURS = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };

// Berlin: +1/+2, changes at 01:00 UTC. New York: -5/-4, at 02:00 local. Lord Howe: +10:30/+11, by half an hour at 02:00 local.
describe('where daylight saving begins', () => {
  it.each([
    ['Europe/Berlin', '02:30', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    ['America/New_York', '02:30', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
    ['Australia/Lord_Howe', '02:15', '2026-10-03T12:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:15Z']],
  ])('%s %s, which does not exist that day, is the first moment after the gap', (zone, time, after, expected) => {
    for (const rule of [daily(time), cron(`${Number(time.slice(3))} 2 * * *`), rrule('FREQ=DAILY', `2026-01-01T${time}`)]) {
      expect(times(rule, zone, after, 2), rule.kind).toEqual(expected);
    }
  });

  it('several times in the gap are one firing', () => {
    expect(times({ kind: 'minutes', every: 30 }, 'Europe/Berlin', '2026-03-29T00:15Z')).toEqual([
      '2026-03-29T00:30Z',
      '2026-03-29T01:00Z',
      '2026-03-29T01:30Z',
    ]);
  });
});

describe('where daylight saving ends', () => {
  it.each([
    ['Europe/Berlin', '02:30', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['America/New_York', '01:30', '2026-10-31T12:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    ['Australia/Lord_Howe', '01:45', '2026-04-04T12:00Z', ['2026-04-04T14:45Z', '2026-04-05T15:15Z']],
  ])('%s %s, which comes twice that day, fires once', (zone, time, after, expected) => {
    const [hour, minute] = time.split(':').map(Number);
    for (const rule of [daily(time), cron(`${minute} ${hour} * * *`), rrule('FREQ=DAILY', `2026-01-01T${time}`)]) {
      expect(times(rule, zone, after, 2), rule.kind).toEqual(expected);
    }
    // Also when asked for a time between the two.
    expect(times(daily(time), zone, expected[0] ?? '', 1)).toEqual([expected[1]]);
  });

  it('a rule that counts minutes or hours goes on through the hour that comes twice', () => {
    const rules = [
      cron('30 * * * *'),
      { kind: 'hourly', every: 1, minute: 30 } as const,
      rrule('FREQ=HOURLY', '2026-01-01T00:30'),
    ];
    for (const rule of rules) {
      expect(times(rule, 'Europe/Berlin', '2026-10-25T00:00Z'), rule.kind).toEqual([
        '2026-10-25T00:30Z',
        '2026-10-25T01:30Z',
        '2026-10-25T02:30Z',
      ]);
    }
  });
});

describe('a rule', () => {
  it('fires at the same moments whatever has fired already', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']) {
      const all = times({ kind: 'minutes', every: 15 }, zone, '2026-10-24T00:00Z', 300);
      expect(all).toHaveLength(300);
      expect(all.slice(1).every((at, index) => times({ kind: 'minutes', every: 15 }, zone, all[index] ?? '', 1)[0] === at)).toBe(
        true,
      );
    }
  });

  it.each([
    [{ kind: 'hourly', every: 6, minute: 5 }, ['2026-03-02T06:05Z', '2026-03-02T12:05Z', '2026-03-02T18:05Z']],
    [{ kind: 'daily', time: '04:00', weekdaysOnly: true }, ['2026-03-03T04:00Z', '2026-03-04T04:00Z', '2026-03-05T04:00Z']],
    [{ kind: 'monthly', day: 31, time: '06:00' }, ['2026-03-31T06:00Z', '2026-04-30T06:00Z', '2026-05-31T06:00Z']],
    [
      { kind: 'weekly', minute: 10, hours: { ...NO_HOURS, tue: [20, 8], thu: [6] } },
      ['2026-03-03T08:10Z', '2026-03-03T20:10Z', '2026-03-05T06:10Z'],
    ],
    [cron('0 6 1 * 1'), ['2026-03-02T06:00Z', '2026-03-09T06:00Z', '2026-03-16T06:00Z']],
    [
      rrule('RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;BYHOUR=6;BYMINUTE=0;BYSECOND=0', '2026-02-23T00:00'),
      ['2026-03-09T06:00Z', '2026-03-23T06:00Z', '2026-04-06T06:00Z'],
    ],
    [rrule('DTSTART;TZID=UTC:20260301T070000\nRRULE:FREQ=DAILY;COUNT=3'), ['2026-03-02T07:00Z', '2026-03-03T07:00Z']],
    [rrule('FREQ=DAILY;UNTIL=20260303T070000Z', '2026-03-01T07:00'), ['2026-03-02T07:00Z', '2026-03-03T07:00Z']],
  ] as const)('%j', (rule, expected) => {
    expect(times(rule as ScheduleRule, 'UTC', '2026-03-02T05:00Z')).toEqual(expected);
  });

  it('ends at the moment that UNTIL names, in whatever zone the schedule is', () => {
    const rule = rrule('FREQ=DAILY;UNTIL=20260303T050000Z', '2026-03-01T06:00');
    expect(times(rule, 'Europe/Berlin', '2026-03-02T06:00Z')).toEqual(['2026-03-03T05:00Z']);
  });

  it.each([
    [cron('* * * *'), 'five fields'],
    [cron('61 * * * *'), 'is not valid'],
    [cron('0 0 30 2 *'), 'is not valid'],
    [rrule('FREQ=NEVER'), 'is not valid'],
    [rrule('FREQ=SECONDLY'), 'once a minute'],
    [rrule('DTSTART;TZID=Asia/Tokyo:20260101T000000\nFREQ=DAILY'), 'Asia/Tokyo'],
    [rrule('RRULE:FREQ=DAILY\nEXDATE:20260101T000000'), 'EXDATE is not supported here'],
  ])('%j is refused in words: %s', (rule, words) => {
    expect(() => times(rule, 'UTC', '2026-03-02T05:00Z')).toThrow(words);
  });
});

it.each([
  [daily('06:30'), 'Every day at 06:30, Europe/Berlin'],
  [{ kind: 'daily', time: '06:30', weekdaysOnly: true }, 'Every weekday at 06:30, Europe/Berlin'],
  [{ kind: 'minutes', every: 15 }, 'Every 15 minutes, Europe/Berlin'],
  [{ kind: 'hourly', every: 1, minute: 5 }, 'Every hour at :05, Europe/Berlin'],
  [{ kind: 'hourly', every: 6, minute: 0 }, 'Every 6 hours from 00:00, Europe/Berlin'],
  [{ kind: 'monthly', day: 31, time: '06:00' }, 'Every month on day 31 (or the last one) at 06:00, Europe/Berlin'],
  [
    { kind: 'weekly', minute: 0, hours: { ...NO_HOURS, mon: [6, 12], wed: [6, 12], fri: [18] } },
    'Monday and Wednesday at 06:00 and 12:00; Friday at 18:00, Europe/Berlin',
  ],
  [cron('30 6 * * 1-5'), 'At 06:30, Monday through Friday, Europe/Berlin'],
  [rrule('FREQ=WEEKLY;BYDAY=MO'), 'Every week on Monday at midnight, Europe/Berlin'],
  [{ kind: 'event', afterTaskId: 'task_x', states: ['done', 'partial'] }, 'After Users has ended: done or done with problems'],
] as const)('%j says: %s', (rule, sentence) => {
  expect(scheduleSentence(rule as ScheduleRule, 'Europe/Berlin', 'Users')).toBe(sentence);
});

it('knows time zones by their IANA names', () => {
  expect(['Europe/Berlin', 'UTC', '+02:00', 'Mars/Base'].map(isTimeZone)).toEqual([true, true, false, false]);
});
