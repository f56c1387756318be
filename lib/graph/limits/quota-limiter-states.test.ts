import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { quotaOf } from '#lib/domain/run/graph-quota.ts';
import type { BucketUpdate } from '#lib/domain/run/quota-bucket.ts';
import { systemClock } from '#lib/platform/clock.ts';
import type { Outcome } from './admission.ts';
import { Concurrency } from './concurrency.ts';
import { QuotaLimiter } from './quota-limiter.ts';
import type { QuotaStore } from './quota-store.ts';
import { RateController } from './rate-controller.ts';

const ok: Outcome = { passed: 1, throttled: 0, retryAfterMs: null, utilisation: null };
const throttled = (retryAfterMs: number | null = 2000): Outcome => ({ passed: 0, throttled: 1, retryAfterMs, utilisation: null });
const used = (utilisation: number): Outcome => ({ ...ok, utilisation });
/** A step of a table: an outcome, or a time that passes, milliseconds. */
type Step = Outcome | number;

/** A store that grants every claim with these figures and records the updates. */
function createStore(figures: { readonly remaining?: number; readonly spent?: number } = {}) {
  const updates: BucketUpdate[] = [];
  const startedAt = Date.now();
  const store: QuotaStore = {
    claim: async (_, { units, limit }) => ({
      ...{ granted: units, waitMs: 0, perSecond: limit.perSecond, remaining: figures.remaining ?? 1 },
      ...{ spent: figures.spent ?? 0, sinceMs: startedAt },
    }),
    update: async (_, update) => void updates.push(update),
  };
  return { store, updates };
}

/** Sends a request for each outcome, one after the other, and returns the limiter's updates of the store. */
async function observe(
  steps: readonly Step[],
  {
    quotaClass = 'directory',
    ...figures
  }: { quotaClass?: 'directory' | 'identity-protection' | 'reports' } & Parameters<typeof createStore>[0] = {},
): Promise<readonly BucketUpdate[]> {
  const { store, updates } = createStore(figures);
  const reportsUtilisation = quotaClass === 'directory';
  const limiter = new QuotaLimiter({
    store,
    clock: systemClock,
    key: 'k',
    label: 'tests',
    quota: quotaOf(quotaClass, 'L'),
    reportsUtilisation,
  });
  const { signal } = new AbortController();
  for (const step of steps) {
    if (typeof step === 'number') await vi.advanceTimersByTimeAsync(step);
    else {
      const admission = limiter.admit(1, { signal });
      // A blocked limiter admits after the wait.
      await vi.advanceTimersByTimeAsync(10 * 60_000 * Number(updates.at(-1)?.blockedMs !== undefined) + 1);
      (await admission).settle(step);
    }
  }
  return updates;
}

/** Assumed limit of a large tenant: 8,000 units in 10 s. */
const ASSUMED = { capacity: 8000, perSecond: 800 };
/** Units of the first claim (0.1 s of the assumed rate) that the first request leaves unused: the limiter does not count them as spent. */
const CLAIMED_AHEAD = 79;
const BLOCKED = { blockedMs: 2000, limit: { capacity: 140, perSecond: 560 } };
const RESET = { limit: ASSUMED, refill: true };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the directory quota, whose utilisation Graph reports', () => {
  test.each<readonly [string, readonly Step[], Parameters<typeof observe>[1], readonly object[]]>([
    ['successes without reported utilisation change nothing', [ok, ok, ok], {}, []],
    ['an outcome without an answer changes nothing', [{ ...ok, passed: 0 }], { remaining: 0.1 }, []],
    ['two 429s are a service that sheds load', [throttled(), throttled(), ok, throttled(), throttled()], {}, []],
    [
      'three consecutive 429s block for Retry-After and reduce the rate to 70 %',
      [throttled(), throttled(), throttled()],
      {},
      [BLOCKED],
    ],
    [
      'a 429 without Retry-After blocks for a second',
      [throttled(null), throttled(null), throttled(null)],
      {},
      [{ ...BLOCKED, blockedMs: 1000 }],
    ],
    [
      'after a wait that helped the rate grows again',
      [throttled(), throttled(), throttled(), ok],
      {},
      [BLOCKED, { limit: { capacity: 145.6, perSecond: 582.4 } }],
    ],
    [
      'after a wait that did not help the learned rate is dropped',
      [throttled(), throttled(), throttled(), throttled()],
      {},
      [BLOCKED, RESET],
    ],
    [
      'the wait after an ineffective one is halved, and is not shared',
      [throttled(), throttled(), throttled(), throttled(), throttled(), throttled()],
      {},
      [BLOCKED, RESET],
    ],
    [
      'an assumed quota that is nearly spent without reported utilisation is doubled',
      [ok],
      { remaining: 0.14 },
      [{ limit: { capacity: 16_000, perSecond: 1600 }, refill: true }],
    ],
    ['an assumed quota of which enough remains is kept', [ok], { remaining: 0.15 }, []],
    [
      'reported utilisation sets the rate: 0.9 is kept at the refill rate',
      [1000, used(0.9)],
      { spent: 5000 + CLAIMED_AHEAD },
      [{ limit: { capacity: expect.closeTo(125, 0), perSecond: expect.closeTo(500, -1) } }],
    ],
    [
      'full utilisation reduces it to 70 % of the refill rate',
      [1000, used(1)],
      { spent: 5500 + CLAIMED_AHEAD },
      [{ limit: { capacity: expect.closeTo(87.5, 0), perSecond: expect.closeTo(350, -1) } }],
    ],
  ])('%s', async (_, steps, options, expected) => {
    expect(await observe(steps, options)).toEqual(expected);
  });

  test('a change of the rate is followed by none for 100 ms', async () => {
    const updates = await observe([1000, used(0.9), used(0.95), 100, used(0.95)], { spent: 5000 });
    expect(updates).toHaveLength(2);
  });
});

test.each([
  ['identity-protection', 1000, { capacity: 1, perSecond: 1 }],
  ['reports', 1000, { capacity: 1, perSecond: 0.5 }],
] as const)(
  'one 429 of %s, whose utilisation is never reported, blocks for %i ms at the documented rate',
  async (quotaClass, blockedMs, limit) => {
    expect(await observe([throttled(null)], { quotaClass })).toEqual([{ blockedMs, limit, learnedMs: 7 * 24 * 3_600_000 }]);
  },
);

describe('the rate controller', () => {
  const sample = (utilisation: number, spent: number, atMs: number) => ({ utilisation, spent, sinceMs: 0, atMs });

  test.each<readonly [string, readonly ReturnType<typeof sample>[], number | null]>([
    ['knows nothing while nothing was spent', [sample(0.8, 0, 0)], null],
    ['computes the refill rate from the first sample', [sample(0.9, 5000, 1000)], 500],
    ['raises the rate below the target', [sample(0.8, 4500, 1000)], 650],
    ['reduces the rate above the target', [sample(1, 5500, 1000)], 350],
    ['never reduces it below 30 % of the refill rate', [sample(1.4, 7500, 1000)], 150],
    [
      'ignores two samples that are closer than a second once the base is stale',
      [sample(0.9, 5000, 1000), sample(0.9, 6000, 3000), sample(0.9, 9000, 3500)],
      500,
    ],
    ['follows a refill rate that changes', [sample(0.9, 5000, 1000), sample(0.9, 6000, 3000), sample(0.9, 7000, 4000)], 1000],
  ])('%s', (_, samples, expected) => {
    const controller = new RateController();
    const rates = samples.map((each) => controller.addSample(each));
    if (expected === null) expect(rates.at(-1)).toBeNull();
    else expect(rates.at(-1)).toBeCloseTo(expected, 6);
  });
});

describe('the concurrency limit', () => {
  const answers = {
    ok: { throttled: false, nearLimit: false },
    near: { throttled: false, nearLimit: true },
    429: { throttled: true, nearLimit: false },
  };

  test.each<readonly [string, readonly (readonly [keyof typeof answers, number])[], number]>([
    [
      'grows by one with each answer at first',
      [
        ['ok', 0],
        ['ok', 0],
      ],
      18,
    ],
    ['never exceeds its maximum', Array.from({ length: 100 }, () => ['ok', 0] as const), 32],
    ['is halved by a 429', [[429, 0]], 8],
    [
      'is halved once for all 429s of a second',
      [
        [429, 0],
        [429, 999],
      ],
      8,
    ],
    [
      'is halved again after a second',
      [
        [429, 0],
        [429, 1000],
      ],
      4,
    ],
    [
      'never falls below four',
      [
        [429, 0],
        [429, 1000],
        [429, 2000],
      ],
      4,
    ],
    ['grows by one per round after a 429', [[429, 0], ...Array.from({ length: 9 }, () => ['ok', 0] as const)], 9],
    [
      'stops its fast growth at reported utilisation',
      [
        ['near', 0],
        ['ok', 0],
        ['ok', 0],
      ],
      16,
    ],
  ])('%s', (_, sequence, limit) => {
    const concurrency = new Concurrency(32);
    for (const [answer, now] of sequence) concurrency.answered({ ...answers[answer], now });
    expect(concurrency.limit).toBe(limit);
  });
});
