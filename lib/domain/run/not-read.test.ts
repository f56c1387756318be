import { expect, test } from 'vitest';
import { isNotRead, notReadLines } from './not-read.ts';
import { NONE_UNPROVEN } from './run.ts';

const TITLE = { name: 'jobTitle', reason: 'Graph refuses it.', since: '2026-11-27T08:00:00.000Z' };

test('a console names each column with since when and why, and the first parents with how many more there are', () => {
  const parents = Array.from({ length: 7 }, (_, index) => ({ id: `g${index}`, reason: 'Hidden.' }));
  expect(notReadLines({ unread: [TITLE], unproven: { count: 40, parents } })).toEqual([
    'Could not be read: jobTitle since 2026-11-27T08:00:00.000Z. Graph refuses it.',
    'Rows of 40 parents could not be proven complete; what is landed of them was kept.',
    ...[0, 1, 2, 3, 4].map((index) => `  g${index}: Hidden.`),
    '  and 35 more',
  ]);
});

test('nothing is said of a run that read everything', () => {
  expect([isNotRead({ unread: [], unproven: NONE_UNPROVEN }), notReadLines({ unread: [], unproven: NONE_UNPROVEN })]).toEqual([
    false,
    [],
  ]);
});
