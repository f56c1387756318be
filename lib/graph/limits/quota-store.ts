import {
  type BucketLimit,
  type BucketUpdate,
  type ClaimRequest,
  type ClaimResult,
  LEARNED_LIMIT_MS,
  REFILL_WINDOW_MS,
} from '#lib/domain/run/quota-bucket.ts';
import type { Clock } from '#lib/platform/clock.ts';

/**
 * Token buckets that all runs of one tenant and app share, one for each quota class. One claim covers many requests, so that a store in a
 * database costs no round trip for each request.
 */
export interface QuotaStore {
  claim(key: string, request: ClaimRequest): Promise<ClaimResult>;
  update(key: string, update: BucketUpdate): Promise<void>;
}

interface Bucket {
  level: number;
  refilledAt: number;
  blockedUntil: number;
  learned: BucketLimit | null;
  learnedUntil: number;
  spent: number;
  spentSince: number;
}

/** Buckets of this process only: for tests, gateways and commands without a database. */
export function createMemoryQuotaStore(clock: Clock): QuotaStore {
  const buckets = new Map<string, Bucket>();
  const bucketOf = (key: string, capacity: number, now: number): Bucket => {
    const known = buckets.get(key);
    if (known !== undefined) return known;
    const bucket = {
      level: capacity,
      refilledAt: now,
      blockedUntil: 0,
      learned: null,
      learnedUntil: 0,
      spent: 0,
      spentSince: now,
    };
    buckets.set(key, bucket);
    return bucket;
  };
  return {
    async claim(key, { units, limit: assumed }) {
      const now = clock.now().getTime();
      const bucket = bucketOf(key, assumed.capacity, now);
      if (bucket.learnedUntil < now) bucket.learned = null;
      const { capacity, perSecond } = bucket.learned ?? assumed;
      // A request that costs more than the whole bucket holds must still be admitted.
      const room = Math.max(capacity, units);
      const idleMs = now - bucket.refilledAt;
      bucket.level = Math.min(room, bucket.level + (idleMs / 1000) * perSecond);
      bucket.refilledAt = now;
      if (idleMs > REFILL_WINDOW_MS) Object.assign(bucket, { spent: 0, spentSince: now });
      const blockedMs = bucket.blockedUntil - now;
      const granted = blockedMs <= 0 && bucket.level >= units ? units : 0;
      const waitMs = granted > 0 ? 0 : Math.max(blockedMs, Math.ceil(((units - bucket.level) / perSecond) * 1000));
      bucket.level -= granted;
      bucket.spent += granted;
      const { level, spent, spentSince: sinceMs } = bucket;
      return { granted, waitMs, perSecond, remaining: level / room, spent, sinceMs };
    },
    async update(key, { limit, refill = false, blockedMs, learnedMs = LEARNED_LIMIT_MS }) {
      const now = clock.now().getTime();
      const bucket = bucketOf(key, limit?.capacity ?? 0, now);
      if (limit !== undefined) {
        bucket.level = refill ? limit.capacity : Math.min(bucket.level, limit.capacity);
        bucket.learned = limit;
        bucket.learnedUntil = now + learnedMs;
      }
      if (blockedMs !== undefined) bucket.blockedUntil = Math.max(bucket.blockedUntil, now + blockedMs);
    },
  };
}

/** `store`; while it fails, buckets of this process only: a database that can't be reached must not end a read that Graph would serve. */
export function withMemoryFallback(store: QuotaStore, clock: Clock): QuotaStore {
  const memory = createMemoryQuotaStore(clock);
  return {
    claim: (key, request) => store.claim(key, request).catch(() => memory.claim(key, request)),
    update: (key, update) => store.update(key, update).catch(() => memory.update(key, update)),
  };
}
