import { QUOTA_CLASSES, type QuotaScope, quotaKeyOf } from '#lib/domain/run/graph-quota.ts';
import type { BucketUpdate, ClaimRequest, ClaimResult } from '#lib/domain/run/quota-bucket.ts';
import { LEARNED_LIMIT_MS, REFILL_WINDOW_MS } from '#lib/domain/run/quota-bucket.ts';
import type { LearnedLimits } from '#lib/domain/run/read-plan.ts';
import type { Db } from '#lib/platform/postgres/db.ts';

interface ClaimRow {
  readonly granted: number;
  readonly filled: number;
  readonly room: number;
  readonly perSecond: number;
  readonly blockedMs: number;
  readonly spent: number;
  readonly sinceMs: number;
  readonly nowMs: number;
}

/**
 * Quota buckets in the database, shared by all workers of an installation. A claim is one statement and locks the bucket's row only for its
 * duration. All times are the database's, since the clocks of workers may differ.
 */
export function createQuotaStore(db: Db) {
  /** Difference between the clocks of this process and the database, milliseconds; null until the first claim. */
  let offsetMs: number | null = null;
  return {
    async claim(key: string, request: ClaimRequest): Promise<ClaimResult> {
      const row = (await claimFrom(db, key, request)) ?? (await createAndClaim(db, key, request));
      offsetMs ??= Date.now() - row.nowMs;
      const { granted, filled, room, perSecond, blockedMs, spent } = row;
      const waitMs = granted > 0 ? 0 : Math.max(blockedMs, Math.ceil(((request.units - filled) / perSecond) * 1000));
      return { granted, waitMs, perSecond, remaining: (filled - granted) / room, spent, sinceMs: row.sinceMs + offsetMs };
    },
    async update(key: string, { limit, refill = false, blockedMs, learnedMs = LEARNED_LIMIT_MS }: BucketUpdate): Promise<void> {
      const { capacity = null, perSecond = null } = limit ?? {};
      await db.$executeRaw`
        INSERT INTO quota_buckets AS q (key, level, learned_capacity, learned_per_second, learned_until, blocked_until)
        VALUES (${key}, coalesce(${capacity}::float8, 0), ${capacity}::float8, ${perSecond}::float8,
          CASE WHEN ${capacity}::float8 IS NOT NULL THEN clock_timestamp() + ${learnedMs}::float8 * interval '1 ms' END,
          clock_timestamp() + ${blockedMs ?? null}::float8 * interval '1 ms')
        ON CONFLICT (key) DO UPDATE SET
          level = CASE WHEN ${refill} THEN EXCLUDED.level ELSE least(q.level, coalesce(EXCLUDED.learned_capacity, q.level)) END,
          learned_capacity = coalesce(EXCLUDED.learned_capacity, q.learned_capacity),
          learned_per_second = coalesce(EXCLUDED.learned_per_second, q.learned_per_second),
          learned_until = coalesce(EXCLUDED.learned_until, q.learned_until),
          blocked_until = greatest(q.blocked_until, EXCLUDED.blocked_until)`;
    },
  };
}

async function createAndClaim(db: Db, key: string, request: ClaimRequest): Promise<ClaimRow> {
  await db.$executeRaw`INSERT INTO quota_buckets (key, level) VALUES (${key}, ${request.limit.capacity}::float8) ON CONFLICT (key) DO NOTHING`;
  const row = await claimFrom(db, key, request);
  if (row === null) throw new TypeError('a quota bucket was deleted while it was used');
  return row;
}

async function claimFrom(db: Db, key: string, { units, limit }: ClaimRequest): Promise<ClaimRow | null> {
  const rows = await db.$queryRaw<ClaimRow[]>`
    WITH locked AS (SELECT * FROM quota_buckets WHERE key = ${key} FOR UPDATE),
    timed AS MATERIALIZED (SELECT locked.*, clock_timestamp() AS at FROM locked),
    limits AS (
      SELECT timed.*,
        CASE WHEN learned_until > at THEN learned_capacity ELSE ${limit.capacity}::float8 END AS capacity,
        CASE WHEN learned_until > at THEN learned_per_second ELSE ${limit.perSecond}::float8 END AS per_second,
        greatest(0, extract(epoch FROM at - refilled_at))::float8 AS idle
      FROM timed),
    filled AS (
      SELECT limits.*, greatest(capacity, ${units}::float8) AS room, idle * 1000 > ${REFILL_WINDOW_MS}::float8 AS fresh,
        least(greatest(capacity, ${units}::float8), level + idle * per_second) AS filled
      FROM limits),
    claimed AS (
      SELECT filled.*,
        CASE WHEN coalesce(blocked_until <= at, true) AND filled >= ${units}::float8 THEN ${units}::float8 ELSE 0 END AS granted
      FROM filled)
    UPDATE quota_buckets AS q SET
      level = c.filled - c.granted,
      refilled_at = c.at,
      spent = CASE WHEN c.fresh THEN 0 ELSE c.spent END + c.granted,
      spent_since = CASE WHEN c.fresh THEN c.at ELSE c.spent_since END
    FROM claimed AS c WHERE q.key = c.key
    RETURNING c.granted, c.filled, c.room, c.per_second AS "perSecond", q.spent,
      coalesce(extract(epoch FROM c.blocked_until - c.at) * 1000, 0)::float8 AS "blockedMs",
      (extract(epoch FROM q.spent_since) * 1000)::float8 AS "sinceMs", (extract(epoch FROM c.at) * 1000)::float8 AS "nowMs"`;
  return rows[0] ?? null;
}

/** The limits that answers of a tenant have taught and that hold now, by quota class. */
export async function findLearnedLimits(db: Db, scope: QuotaScope): Promise<LearnedLimits> {
  const classOf = new Map(QUOTA_CLASSES.map((quotaClass) => [quotaKeyOf(scope, quotaClass), quotaClass]));
  const rows = await db.$queryRaw<{ readonly key: string; readonly capacity: number; readonly perSecond: number }[]>`
    SELECT key, learned_capacity AS capacity, learned_per_second AS "perSecond" FROM quota_buckets
    WHERE key = ANY(${[...classOf.keys()]}) AND learned_until > clock_timestamp() AND learned_per_second > 0`;
  return Object.fromEntries(rows.map(({ key, capacity, perSecond }) => [classOf.get(key), { capacity, perSecond }]));
}
