import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWaitWatch } from './wait-reporter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what waits long is told with its reason, and that it ended; what waits shortly is not', () => {
  const told: (string | null)[] = [];
  const watch = createWaitWatch((words) => told.push(words), 1000);
  watch.begin('short')();
  vi.advanceTimersByTime(5000);
  expect(told).toEqual([]);
  const first = watch.begin('throttled');
  vi.advanceTimersByTime(1000);
  const second = watch.begin('not Graph');
  first();
  vi.advanceTimersByTime(1000);
  // Between two tries of the same request nothing flickers.
  second();
  const third = watch.begin('not Graph');
  vi.advanceTimersByTime(1000);
  third();
  vi.advanceTimersByTime(1000);
  expect(told).toEqual(['throttled', 'not Graph', null]);
});
