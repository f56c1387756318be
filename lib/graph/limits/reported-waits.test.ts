import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { quotaOf } from '#lib/domain/run/graph-quota.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { QuotaLimiter } from './quota-limiter.ts';
import { createMemoryQuotaStore } from './quota-store.ts';
import { createWaitReporter } from './wait-reporter.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 28, 14, 5, 0) }));
afterEach(() => void vi.useRealTimers());

const { signal } = new AbortController();

/** A limiter whose quota Graph has just refused for so long. */
async function refused(retryAfterMs: number): Promise<QuotaLimiter> {
  const store = createMemoryQuotaStore(systemClock);
  const limiter = new QuotaLimiter({
    store,
    clock: systemClock,
    key: 'k',
    quota: quotaOf('reports', 'L'),
    reportsUtilisation: false,
  });
  const admission = await limiter.admit(1, { signal });
  admission.settle({ passed: 0, throttled: 1, retryAfterMs, utilisation: null });
  return limiter;
}

test('a request that the quota holds back for seconds says so, until when, and when it goes on', async () => {
  const reported: (string | null)[] = [];
  const limiter = await refused(30_000);
  const held = limiter.admit(1, { signal, waits: createWaitReporter((reason) => reported.push(reason)) });
  await vi.advanceTimersByTimeAsync(5000);
  expect(reported).toEqual([
    'Graph allows this application no more requests in this tenant at the moment: its quota is used up. The next attempt is at 14:05:30 UTC.',
  ]);
  await vi.advanceTimersByTimeAsync(60_000);
  await held;
  await vi.advanceTimersByTimeAsync(1000);
  expect(reported.at(-1)).toBeNull();
});

test('waits shorter than two seconds are how a rate is kept: nobody is told', async () => {
  const reported: (string | null)[] = [];
  const limiter = await refused(1500);
  const held = limiter.admit(1, { signal, waits: createWaitReporter((reason) => reported.push(reason)) });
  await vi.advanceTimersByTimeAsync(10_000);
  await held;
  expect(reported).toEqual([]);
});

test('a request that is given up while it is held back waits no more', async () => {
  const reported: (string | null)[] = [];
  const limiter = await refused(30_000);
  const stop = new AbortController();
  const held = limiter.admit(1, { signal: stop.signal, waits: createWaitReporter((reason) => reported.push(reason)) });
  held.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(2000);
  stop.abort();
  await expect(held).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(1000);
  expect(reported).toEqual([expect.stringContaining('quota is used up'), null]);
});

test('a time that is only moments ahead is not named', () => {
  const reported: (string | null)[] = [];
  const waits = createWaitReporter((reason) => reported.push(reason));
  const end = waits.begin('Graph is busy', new Date(Date.now() + 4000));
  vi.advanceTimersByTime(1000);
  end();
  waits.begin('Graph is busy', new Date(Date.now() + 20_000));
  vi.advanceTimersByTime(1000);
  expect(reported).toEqual(['Graph is busy', 'Graph is busy. The next attempt is at 14:05:21 UTC.']);
});
