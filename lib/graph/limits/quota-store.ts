import {
  type BucketLimit,
  type BucketNews,
  type Claim,
  type ClaimWish,
  LEARNED_MS,
  REFILLED_MS,
} from '#lib/domain/run/quota-bucket.ts';
import type { Clock } from '#lib/platform/clock.ts';

/**
 * Token buckets that all runs of a tenant and app share, one for each quota class. Claims are made for many requests at once, so that
 * sharing through a database costs no round trip for each.
 */
export interface QuotaStore {
  claim(key: string, want: ClaimWish): Promise<Claim>;
  tell(key: string, news: BucketNews): Promise<void>;
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

/** Buckets of this process alone: for tests, gateways and commands without a database. */
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
      // A request dearer than the whole bucket would else never leave.
      const room = Math.max(capacity, units);
      const idleMs = now - bucket.refilledAt;
      bucket.level = Math.min(room, bucket.level + (idleMs / 1000) * perSecond);
      bucket.refilledAt = now;
      if (idleMs > REFILLED_MS) Object.assign(bucket, { spent: 0, spentSince: now });
      const blockedMs = bucket.blockedUntil - now;
      const granted = blockedMs <= 0 && bucket.level >= units ? units : 0;
      const waitMs = granted > 0 ? 0 : Math.max(blockedMs, Math.ceil(((units - bucket.level) / perSecond) * 1000));
      bucket.level -= granted;
      bucket.spent += granted;
      const { level, spent, spentSince: sinceMs } = bucket;
      return { granted, waitMs, perSecond, left: level / room, spent, sinceMs };
    },
    async tell(key, { limit, refill = false, blockedMs }) {
      const now = clock.now().getTime();
      const bucket = bucketOf(key, limit?.capacity ?? 0, now);
      if (limit !== undefined) {
        bucket.level = refill ? limit.capacity : Math.min(bucket.level, limit.capacity);
        bucket.learned = limit;
        bucket.learnedUntil = now + LEARNED_MS;
      }
      if (blockedMs !== undefined) bucket.blockedUntil = Math.max(bucket.blockedUntil, now + blockedMs);
    },
  };
}

/** `store`, and buckets of this process alone while it can't be reached: a database that is away must not end a read that Graph would serve. */
export function orMemory(store: QuotaStore, clock: Clock): QuotaStore {
  const memory = createMemoryQuotaStore(clock);
  return {
    claim: (key, want) => store.claim(key, want).catch(() => memory.claim(key, want)),
    tell: (key, news) => store.tell(key, news).catch(() => memory.tell(key, news)),
  };
}
