import { expect, test } from 'vitest';
import { evaluateDue, skipReasonMessage } from './firing.ts';

const at = (time: string) => new Date(`2026-03-01T${time}:00Z`);
const judged = (times: readonly string[], now: string, missedRuns: 'run-once' | 'skip', isAll = true) =>
  evaluateDue(times.map(at), { now: at(now), missedRuns, isAll }).map(({ verdict }) => verdict);

test.each([
  ['in time', ['06:00'], '06:01', 'skip', ['fire']],
  ['in time after an hour without a worker', ['05:00', '06:00'], '06:01', 'skip', ['missed', 'fire']],
  ['late, run once', ['05:00', '06:00'], '06:30', 'run-once', ['missed', 'fire']],
  ['late, skip', ['05:00', '06:00'], '06:30', 'skip', ['missed', 'missed']],
] as const)('%s', (_case, times, now, policy, verdicts) => {
  expect(judged(times, now, policy)).toEqual(verdicts);
});

test('a part of what has come starts nothing: the last of the rest does', () => {
  expect(judged(['05:00', '05:15'], '06:30', 'run-once', false)).toEqual(['missed', 'missed']);
});

test('an unknown reason names the problem', () => {
  expect(skipReasonMessage('overlap')).toBe('The previous run had not ended.');
  expect(skipReasonMessage('not-found')).toBe('The task could not start (not-found).');
});
