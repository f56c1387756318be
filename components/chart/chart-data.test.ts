import { expect, it, test } from 'vitest';
import { ratesOf } from './run-rates.ts';
import { formatTick, timeTicks, valueTicks } from './ticks.ts';

test.each([
  [0.4, 5, [0]],
  [4, 5, [0, 1, 2, 3, 4]],
  [45, 5, [0, 10, 20, 30, 40]],
  [100, 4, [0, 30, 60, 90]],
  [6000, 5, [0, 1800, 3600, 5400]],
  [86_400 * 9, 4, [0, 259_200, 518_400, 777_600]],
])('an axis of %d s has at most %d ticks after the first, at whole steps of a clock', (end, most, ticks) => {
  expect(timeTicks(end, most)).toEqual(ticks);
});

test.each([
  [0, '0 s'],
  [45, '45 s'],
  [60, '1 min'],
  [90, '1:30 min'],
  [3600, '1 h'],
  [5400, '1:30 h'],
])('the mark at %d s is %s', (seconds, text) => {
  expect(formatTick(seconds)).toBe(text);
});

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [44, [0, 20, 40, 60]],
  [574, [0, 200, 400, 600]],
  [1763, [0, 500, 1000, 1500, 2000]],
])('an axis up to %d has the ticks %j', (most, ticks) => {
  expect(valueTicks(most)).toEqual(ticks);
});

it('the last step of a run that ended is as long as it was; that of a run that goes on is not over', () => {
  const series = {
    stepSeconds: 2,
    points: [
      [100, 4, 1],
      [50, 2, 0],
    ],
  } as const;
  expect(ratesOf(series, 3)).toEqual([
    { atSeconds: 0, rows: 100, rowsPerSecond: 50, requests: 4, requestsPerSecond: 2, refused: 1 },
    { atSeconds: 2, rows: 50, rowsPerSecond: 50, requests: 2, requestsPerSecond: 2, refused: 0 },
  ]);
  expect(ratesOf(series, null)).toHaveLength(1);
  expect(ratesOf({ stepSeconds: 1, points: [[7, 1, 0]] }, null)).toHaveLength(1);
  expect(ratesOf({ stepSeconds: 1, points: [[7, 1, 0]] }, 0.01)[0]?.rowsPerSecond).toBe(14);
});
