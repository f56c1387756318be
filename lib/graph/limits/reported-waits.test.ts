import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { QUOTA_CLASS_LABEL, quotaOf } from '#lib/domain/run/graph-quota.ts';
import type { Wait } from '#lib/domain/run/wait.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { QuotaLimiter } from './quota-limiter.ts';
import { createMemoryQuotaStore } from './quota-store.ts';
import { createWaitReporter } from './wait-reporter.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 28, 14, 5, 0) }));
afterEach(() => void vi.useRealTimers());

const { signal } = new AbortController();
const PASSED = { passed: 1, throttled: 0, retryAfterMs: null, utilisation: null };

/** A limiter whose quota Graph has just refused for so long. */
async function refused(retryAfterMs: number): Promise<QuotaLimiter> {
  const store = createMemoryQuotaStore(systemClock);
  const limiter = new QuotaLimiter({
    store,
    clock: systemClock,
    key: 'k',
    label: QUOTA_CLASS_LABEL.reports,
    quota: quotaOf('reports', 'L'),
    reportsUtilisation: false,
  });
  const admission = await limiter.admit(1, { signal });
  admission.settle({ passed: 0, throttled: 1, retryAfterMs, utilisation: null });
  return limiter;
}

test('a request that the quota holds back for seconds says so, until when, and when it goes on', async () => {
  const reported: (Wait | null)[] = [];
  const limiter = await refused(30_000);
  const held = limiter.admit(1, { signal, waits: createWaitReporter((wait) => reported.push(wait)) });
  await vi.advanceTimersByTimeAsync(5000);
  expect(reported).toEqual([
    {
      kind: 'quota',
      text: 'Graph allows no more requests for reports, logs and authentication methods at the moment, only about 0.5 a second.',
      since: '2026-11-28T14:05:00.000Z',
      until: '2026-11-28T14:05:30.000Z',
    },
  ]);
  await vi.advanceTimersByTimeAsync(60_000);
  await held;
  await vi.advanceTimersByTimeAsync(1000);
  expect(reported.at(-1)).toBeNull();
});

test('waits shorter than two seconds keep a rate: they are not reported', async () => {
  const reported: (Wait | null)[] = [];
  const limiter = await refused(1000);
  const held = limiter.admit(1, { signal, waits: createWaitReporter((wait) => reported.push(wait)) });
  await vi.advanceTimersByTimeAsync(10_000);
  await held;
  expect(reported).toEqual([]);
});

test('a request that is given up while it is held back waits no more', async () => {
  const reported: (Wait | null)[] = [];
  const limiter = await refused(30_000);
  const stop = new AbortController();
  const held = limiter.admit(1, { signal: stop.signal, waits: createWaitReporter((wait) => reported.push(wait)) });
  held.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(2000);
  stop.abort();
  await expect(held).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(1000);
  expect(reported).toEqual([expect.objectContaining({ kind: 'quota' }), null]);
});

test('of requests that queue for a small quota, each one that has to wait for seconds says so', async () => {
  const reported: (Wait | null)[][] = [[], []];
  const limiter = await refused(100);
  await vi.advanceTimersByTimeAsync(10_000);
  const done = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => {
    const waits = createWaitReporter((wait) => reported[index < 6 ? 0 : 1]?.push(wait));
    return limiter.admit(1, { signal, waits }).then((admission) => admission.settle(PASSED));
  });
  await vi.advanceTimersByTimeAsync(3000);
  expect(reported[1]?.[0]).toMatchObject({ kind: 'quota', since: '2026-11-28T14:05:10.000Z' });
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all(done);
  expect(reported[1]?.at(-1)).toBeNull();
});
