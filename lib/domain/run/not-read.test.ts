import { expect, test } from 'vitest';
import { isNotRead, notReadLines, notReadSummary } from './not-read.ts';
import { NONE_REJECTED, NONE_UNPROVEN } from './run.ts';

const TITLE = { name: 'jobTitle', reason: 'Graph refuses it.', since: '2026-11-27T08:00:00.000Z' };

test('a console names each column with since when and why, and the first parents with how many more there are', () => {
  const parents = Array.from({ length: 7 }, (_, index) => ({ id: `g${index}`, reason: 'Hidden.' }));
  expect(notReadLines({ unread: [TITLE], unproven: { count: 40, parents }, rejected: NONE_REJECTED }, 'users')).toEqual([
    'Could not be read: jobTitle since 2026-11-27T08:00:00.000Z. Graph refuses it.',
    'Entrada could not prove that the rows of 40 parents are complete; their landed rows were kept.',
    ...[0, 1, 2, 3, 4].map((index) => `  g${index}: Hidden.`),
    '  and 35 more',
  ]);
});

test('rows that were set aside are counted, and the first are named with their reason', () => {
  const rows = [
    { key: 'a', column: 'n', reason: 'No number.' },
    { key: '', column: null, reason: 'Nested too deep.' },
  ];
  const notRead = { unread: [], unproven: NONE_UNPROVEN, rejected: { count: 3, rows } };
  expect(notReadLines(notRead, 'users')).toEqual([
    '3 rows could not be stored, and are in users__rejected. Landed rows with the same key were not changed.',
    '  a: No number.',
    '  A row without a readable key: Nested too deep.',
    '  and 1 more',
  ]);
  expect([isNotRead(notRead), notReadSummary(notRead)]).toEqual([true, 'Could not be read: 3 rows']);
});

test('nothing is said of a run that read everything', () => {
  const all = { unread: [], unproven: NONE_UNPROVEN, rejected: NONE_REJECTED };
  expect([isNotRead(all), notReadLines(all, 'users')]).toEqual([false, []]);
});
