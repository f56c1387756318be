import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { quotaOf } from '#lib/domain/run/graph-quota.ts';
import { systemClock } from '#lib/platform/clock.ts';
import type { Outcome, WaitMeter } from './admission.ts';
import { QuotaLimiter } from './quota-limiter.ts';
import { createMemoryQuotaStore, type QuotaStore } from './quota-store.ts';

const LATENCY_MS = 80;

/** A Graph that counts units in a token bucket as documented, reports its utilisation from 0.8 on, and answers 429 when it is empty. */
function createServer({ capacity, reports = true }: { capacity: number; reports?: boolean }) {
  const perMs = capacity / 10_000;
  let level = capacity;
  let at = Date.now();
  let requests = 0;
  let refused = 0;
  const take = (units: number): Outcome => {
    const now = Date.now();
    level = Math.min(capacity, level + (now - at) * perMs);
    at = now;
    requests++;
    if (level < units) {
      refused++;
      const retryAfterMs = Math.max(1, Math.ceil((units - level) / perMs / 1000)) * 1000;
      return { passed: 0, throttled: 1, retryAfterMs, utilisation: null };
    }
    level -= units;
    const utilisation = 1 - level / capacity;
    return {
      passed: 1,
      throttled: 0,
      retryAfterMs: null,
      utilisation: reports && utilisation >= 0.8 ? Number(utilisation.toFixed(2)) : null,
    };
  };
  return { take, figures: () => ({ requests, refused }) };
}

type Server = { take(units: number): Outcome };
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends `count` requests through the limiter, each until it succeeds; resolves with the milliseconds it took. */
async function run(
  limiter: QuotaLimiter,
  server: Server,
  { count, units = 1 }: { count: number; units?: number },
): Promise<number> {
  const startedAt = Date.now();
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const one = async (): Promise<void> => {
    for (;;) {
      const admission = await limiter.admit(units, { signal });
      await wait(LATENCY_MS / 2);
      const outcome = server.take(units);
      await wait(LATENCY_MS / 2);
      admission.settle(outcome);
      if (outcome.passed > 0) return;
      await wait(outcome.retryAfterMs ?? 1000);
    }
  };
  await Promise.all(Array.from({ length: count }, one));
  return Date.now() - startedAt;
}

async function finished<T>(work: Promise<T>): Promise<T> {
  let done = false;
  const end = work.finally(() => {
    done = true;
  });
  while (!done) await vi.advanceTimersByTimeAsync(50);
  return end;
}

function createLimiter(
  store: QuotaStore = createMemoryQuotaStore(systemClock),
  quotaClass: Parameters<typeof quotaOf>[0] = 'directory',
) {
  return new QuotaLimiter({
    store,
    clock: systemClock,
    key: 'k',
    label: 'tests',
    quota: quotaOf(quotaClass, 'L'),
    reportsUtilisation: quotaClass === 'directory',
  });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a tenant whose quota is spent', () => {
  test.each([
    { capacity: 8000, count: 9000, units: 2 },
    { capacity: 3500, count: 6000, units: 2 },
    { capacity: 1000, count: 3000, units: 1 },
    { capacity: 300, count: 900, units: 1 },
    { capacity: 600, count: 800, units: 2 },
    { capacity: 8000, count: 1000, units: 40 },
  ])('of $capacity units in 10 s is read near its quota: $count requests of $units', async ({ capacity, count, units }) => {
    const server = createServer({ capacity });
    const tookMs = await finished(run(createLimiter(), server, { count, units }));
    const { requests, refused } = server.figures();
    const allowedMs = Math.max(((count * units - capacity) / capacity) * 10_000, (count / 32) * LATENCY_MS);
    expect(refused / requests).toBeLessThanOrEqual(0.02);
    expect(tookMs / allowedMs).toBeLessThanOrEqual(1.15);
  });

  test('that reports no utilisation is read with few 429s', async () => {
    const server = createServer({ capacity: 3500, reports: false });
    const tookMs = await finished(run(createLimiter(), server, { count: 14_000 }));
    const { requests, refused } = server.figures();
    expect(refused / requests).toBeLessThanOrEqual(0.03);
    expect(tookMs).toBeLessThanOrEqual(30_000 * 1.5);
  });

  test('is shared by two workers through the store alone', async () => {
    const server = createServer({ capacity: 2000 });
    const store = createMemoryQuotaStore(systemClock);
    const both = Promise.all([
      run(createLimiter(store), server, { count: 3000 }),
      run(createLimiter(store), server, { count: 3000 }),
    ]);
    const [first, second] = await finished(both);
    const { requests, refused } = server.figures();
    expect(refused / requests).toBeLessThanOrEqual(0.02);
    expect(Math.max(first, second) / 20_000).toBeLessThanOrEqual(1.15);
  });
});

test('without a quota nothing waits', async () => {
  const server: Server = { take: () => ({ passed: 1, throttled: 0, retryAfterMs: null, utilisation: null }) };
  const tookMs = await finished(run(createLimiter(), server, { count: 1000, units: 40 }));
  expect(tookMs).toBeLessThanOrEqual((1000 / 32) * LATENCY_MS * 1.15);
});

test('a service that throttles every second request does not stop all requests', async () => {
  let number = 0;
  const server: Server = {
    take: () =>
      ++number % 2 === 0
        ? { passed: 0, throttled: 1, retryAfterMs: 1000, utilisation: null }
        : { passed: 1, throttled: 0, retryAfterMs: null, utilisation: null },
  };
  const tookMs = await finished(run(createLimiter(), server, { count: 1000 }));
  expect(tookMs).toBeLessThanOrEqual(60_000);
});

test.each([
  ['reports', 7, (7 - 5) * 2000],
  ['identity-protection', 3, 2 * 1000],
] as const)('%s begin at their documented rate', async (quotaClass, count, expectedMs) => {
  const server: Server = { take: () => ({ passed: 1, throttled: 0, retryAfterMs: null, utilisation: null }) };
  const tookMs = await finished(run(createLimiter(undefined, quotaClass), server, { count }));
  expect(tookMs).toBeGreaterThanOrEqual(expectedMs * 0.8);
  expect(tookMs).toBeLessThanOrEqual(expectedMs * 1.15);
});

test('the cost that Graph reports is the cost that is counted', async () => {
  const server: Server = { take: () => ({ passed: 1, throttled: 0, retryAfterMs: null, utilisation: null, units: 5 }) };
  const tookMs = await finished(run(createLimiter(undefined, 'identity-providers'), server, { count: 44 }));
  // 220 units by Graph's account: 200 at once, the others at first at 200 a minute.
  expect(tookMs).toBeGreaterThan(2_000);
  expect(tookMs).toBeLessThan(9_000);
});

test('an aborted request leaves the queue, and the others go on', async () => {
  const limiter = createLimiter(undefined, 'identity-protection');
  const aborted = new AbortController();
  const { signal } = new AbortController();
  const first = await limiter.admit(1, { signal });
  const second = limiter.admit(1, { signal: aborted.signal });
  const third = limiter.admit(1, { signal });
  aborted.abort();
  await expect(second).rejects.toMatchObject({ code: 'aborted' });
  first.settle({ passed: 1, throttled: 0, retryAfterMs: null, utilisation: null });
  await finished(third);
});

test('simultaneous waits are each measured once', async () => {
  let waiting = 0;
  const meter: WaitMeter = { begin: () => waiting++, end: () => waiting-- };
  const limiter = createLimiter(undefined, 'identity-protection');
  const { signal } = new AbortController();
  (await limiter.admit(1, { signal, meter })).settle({ passed: 1, throttled: 0, retryAfterMs: null, utilisation: null });
  const later = [limiter.admit(1, { signal, meter }), limiter.admit(1, { signal, meter })];
  await vi.advanceTimersByTimeAsync(10);
  expect(waiting).toBe(2);
  for (const admission of later)
    (await finished(admission)).settle({ passed: 1, throttled: 0, retryAfterMs: null, utilisation: null });
  expect(waiting).toBe(0);
});
