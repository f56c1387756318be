import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { quotaOf } from '#lib/domain/run/graph-quota.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { ProbedRate } from './probed-rate.ts';
import { QuotaLimiter } from './quota-limiter.ts';
import { createMemoryQuotaStore, type QuotaStore } from './quota-store.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 28) }));
afterEach(() => void vi.useRealTimers());

const WINDOW_MS = 10_000;
const { signal } = new AbortController();

/** Decides on a request: null, or seconds to wait. */
type Service = () => number | null;

/** A service that refills `perSecond` units and holds those of a window. */
function tokenBucket(perSecond: number): Service {
  const capacity = perSecond * (WINDOW_MS / 1000);
  let [level, at] = [capacity, Date.now()];
  return () => {
    level = Math.min(capacity, level + ((Date.now() - at) / 1000) * perSecond);
    at = Date.now();
    if (level < 1) return Math.max(1, Math.ceil((1 - level) / perSecond));
    level--;
    return null;
  };
}

/** A service that counts within fixed windows. */
function fixedWindow(perSecond: number): Service {
  const capacity = perSecond * (WINDOW_MS / 1000);
  let [window, used] = [0, 0];
  return () => {
    const now = Math.floor(Date.now() / WINDOW_MS);
    if (now !== window) [window, used] = [now, 0];
    if (used >= capacity) return Math.ceil(((now + 1) * WINDOW_MS - Date.now()) / 1000);
    used++;
    return null;
  };
}

function limiterOn(store: QuotaStore): QuotaLimiter {
  const quota = quotaOf('reports', 'L');
  return new QuotaLimiter({ store, clock: systemClock, key: 'k', label: 'tests', quota, reportsUtilisation: false });
}

/** Sends requests of 200 ms, at most 16 at once, until `count` have passed. Refused ones are sent again. */
async function send(limiter: QuotaLimiter, service: Service, count: number) {
  const startedAt = Date.now();
  let [left, passed, refused] = [count, 0, 0];
  const work = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const admission = await limiter.admit(1, { signal });
      const waitSeconds = service();
      await new Promise((resolve) => setTimeout(resolve, 200));
      const throttled = waitSeconds === null ? 0 : 1;
      if (throttled === 1) left++;
      refused += throttled;
      passed += 1 - throttled;
      const retryAfterMs = waitSeconds === null ? null : waitSeconds * 1000;
      admission.settle({ passed: 1 - throttled, throttled, retryAfterMs, utilisation: null });
    }
  };
  const done = Promise.all(Array.from({ length: 16 }, work));
  let isDone = false;
  void done.then(() => {
    isDone = true;
  });
  while (!isDone) await vi.advanceTimersByTimeAsync(1000);
  return { seconds: (Date.now() - startedAt) / 1000, refusedShare: refused / (passed + refused) };
}

describe('a quota whose utilisation Graph does not report', () => {
  // 5.5 a second is what a tenant was publicly reported to give; 0.5 is documented.
  test.each([
    { name: 'a token bucket of 5.5 a second', service: () => tokenBucket(5.5), rate: 5.5, count: 10_000 },
    { name: 'fixed windows of 5.5 a second', service: () => fixedWindow(5.5), rate: 5.5, count: 10_000 },
    { name: 'a token bucket of 20 a second', service: () => tokenBucket(20), rate: 20, count: 20_000 },
    { name: 'the documented 0.5 a second', service: () => tokenBucket(0.5), rate: 0.5, count: 500 },
  ])('is used up under $name: at most 1.2 times the time it allows, at most 2 % refused', async ({ service, rate, count }) => {
    const { seconds, refusedShare } = await send(limiterOn(createMemoryQuotaStore(systemClock)), service(), count);
    expect(seconds / (count / rate)).toBeLessThan(1.2);
    expect(refusedShare).toBeLessThan(0.02);
  });

  test('is remembered: the next run, in another process, begins at the rate that was learned', async () => {
    const store = createMemoryQuotaStore(systemClock);
    await send(limiterOn(store), tokenBucket(5.5), 2000);
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    const { seconds } = await send(limiterOn(store), tokenBucket(5.5), 200);
    expect(seconds).toBeLessThan(1.3 * (200 / 5.5));
  });

  test('is left at the documented rate while requests come more slowly than it allows', async () => {
    const store = createMemoryQuotaStore(systemClock);
    const limiter = limiterOn(store);
    for (let request = 0; request < 50; request++) {
      (await limiter.admit(1, { signal })).settle({ passed: 1, throttled: 0, retryAfterMs: null, utilisation: null });
      await vi.advanceTimersByTimeAsync(3000);
    }
    expect((await store.claim('k', { units: 1, limit: { capacity: 5, perSecond: 0.5 } })).perSecond).toBe(0.5);
  });
});

describe('the probed rate', () => {
  test('falls at once to what Graph was seen to give, and never below what is documented', () => {
    const probed = new ProbedRate(0.5, WINDOW_MS);
    for (let atMs = 1000; atMs <= 10_000; atMs += 100) probed.afterAnswer({ units: 1, atMs, rate: 20, isLimited: true });
    expect(probed.afterRefusal({ atMs: 10_000, rate: 20 })).toBeCloseTo(8.6, 0);
    expect(probed.afterRefusal({ atMs: 20_000, rate: 8.6 })).toBe(0.5);
  });
});
