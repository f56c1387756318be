import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** Delays of attempts under one key. Times in milliseconds. */
export interface DelayRule {
  /** Number of failures without a delay. */
  readonly free: number;
  /** Delay after the first failure beyond `free`; doubled with each further one. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** Failures are deleted after this time without another one. */
  readonly forgetMs: number;
}

export interface AttemptKey {
  readonly key: string;
  readonly rule: DelayRule;
}

/**
 * Counts one attempt as failed under all keys, or refuses it and counts it under none: a refused attempt never extends the delay. Attempts of
 * one key are processed one after the other.
 * @returns when the attempt may be made again; null: it may be made now.
 */
export async function beginAttempt(db: Db, keys: readonly AttemptKey[], now: Date): Promise<Date | null> {
  return db.$transaction(async (tx) => {
    const sorted = keys.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    for (const { key } of sorted)
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('entrada:sign-in'), hashtext(${key}))`;
    const rows = await tx.signInFailures.findMany({ where: { key: { in: sorted.map(({ key }) => key) } } });
    const blocked = rows.filter(({ notBefore }) => notBefore > now).map(({ notBefore }) => notBefore.getTime());
    if (blocked.length > 0) return new Date(Math.max(...blocked));
    for (const attempt of sorted) {
      await countFailure(
        tx,
        attempt,
        rows.find(({ key }) => key === attempt.key),
        now,
      );
    }
    return null;
  });
}

async function countFailure(
  tx: Tx,
  { key, rule }: AttemptKey,
  before: { readonly failures: number; readonly lastAt: Date } | undefined,
  now: Date,
): Promise<void> {
  const kept = before !== undefined && now.getTime() - before.lastAt.getTime() < rule.forgetMs ? before.failures : 0;
  const failures = kept + 1;
  const row = { failures, lastAt: now, notBefore: new Date(now.getTime() + delayAfter(failures, rule)) };
  await tx.signInFailures.upsert({ where: { key }, create: { key, ...row }, update: row, select: { key: true } });
}

/** Delay after `failures` failed attempts, milliseconds. */
export function delayAfter(failures: number, { free, firstMs, maxMs }: DelayRule): number {
  const beyond = failures - free;
  return beyond <= 0 ? 0 : Math.min(maxMs, firstMs * 2 ** Math.min(beyond - 1, 30));
}

/** Reverts what beginAttempt counted, after a successful attempt. */
export async function revertFailure(db: Db, key: string): Promise<void> {
  await db.$executeRaw`UPDATE sign_in_failures SET failures = failures - 1, not_before = last_at WHERE key = ${key} AND failures > 0`;
}

export async function deleteFailures(db: Db, key: string): Promise<void> {
  await db.signInFailures.deleteMany({ where: { key } });
}

export async function deleteOldFailures(db: Db, before: Date): Promise<void> {
  await db.signInFailures.deleteMany({ where: { lastAt: { lt: before } } });
}
