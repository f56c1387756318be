import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWaitReporter } from './wait-reporter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a long wait is reported with its reason and its end; a short wait is not', () => {
  const reported: (string | null)[] = [];
  const watch = createWaitReporter((reason) => reported.push(reason), 1000);
  watch.begin('short')();
  vi.advanceTimersByTime(5000);
  expect(reported).toEqual([]);
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
  expect(reported).toEqual(['throttled', 'not Graph', null]);
});
