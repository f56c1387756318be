import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Wait } from '#lib/domain/run/wait.ts';
import { createWaitReporter } from './wait-reporter.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 28, 14, 5, 0) }));
afterEach(() => void vi.useRealTimers());

const graph = (text: string) => ({ kind: 'graph', text }) as const;
const secondsFromNow = (seconds: number): Date => new Date(Date.now() + seconds * 1000);

function reporting() {
  const reported: (Wait | null)[] = [];
  return { reported, waits: createWaitReporter((wait) => reported.push(wait)) };
}

test('a long wait is reported with its reason and its end; a short wait is not', () => {
  const { reported, waits } = reporting();
  waits.begin(graph('short'))();
  vi.advanceTimersByTime(5000);
  expect(reported).toEqual([]);
  const first = waits.begin(graph('throttled'));
  vi.advanceTimersByTime(1000);
  const second = waits.begin(graph('not Graph'));
  first();
  vi.advanceTimersByTime(1000);
  // Between two tries of the same request nothing flickers.
  second();
  const third = waits.begin(graph('not Graph'));
  vi.advanceTimersByTime(1000);
  third();
  vi.advanceTimersByTime(1000);
  expect(reported.map((wait) => wait?.text ?? null)).toEqual(['throttled', 'not Graph', null]);
});

test('a wait says since when the dataset waits without a pause, and until when', () => {
  const { reported, waits } = reporting();
  const first = waits.begin(graph('busy'), secondsFromNow(20));
  vi.advanceTimersByTime(20_000);
  first();
  waits.begin(graph('busy'), secondsFromNow(40))();
  waits.begin(graph('busy'), secondsFromNow(60));
  vi.advanceTimersByTime(1000);
  expect(reported).toEqual([
    { ...graph('busy'), since: '2026-11-28T14:05:00.000Z', until: '2026-11-28T14:05:20.000Z' },
    { ...graph('busy'), since: '2026-11-28T14:05:00.000Z', until: '2026-11-28T14:06:20.000Z' },
  ]);
});

test('an end that moves by moments is not reported again', () => {
  const { reported, waits } = reporting();
  for (let second = 0; second < 10; second++) {
    const end = waits.begin(graph('busy'), new Date(Date.UTC(2026, 10, 28, 14, 6, second % 4)));
    vi.advanceTimersByTime(1000);
    end();
  }
  expect(reported).toHaveLength(1);
});
