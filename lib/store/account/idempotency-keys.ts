import { EnvelopeError, type KeyRing, open, seal } from '#lib/platform/crypto/crypto.ts';
import type { Db } from '#lib/platform/postgres/db.ts';

/** Identifies one request: each actor has a key space of its own. */
export interface IdempotencyKeyRef {
  /** In the form of `actorKey`. */
  readonly actor: string;
  readonly key: string;
}

/** The request of a key, and its answer. */
export interface IdempotencyRecord {
  /** SHA-256 of the request. */
  readonly digest: string;
  /** Null until the request was answered. */
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  } | null;
}

const aad = ({ actor, key }: IdempotencyKeyRef) => `idempotency/${actor}/${key}`;

/** Claims the key for a request; false when it was used already. */
export async function claimIdempotencyKey(
  db: Db,
  ring: KeyRing,
  ref: IdempotencyKeyRef,
  { digest, now }: { readonly digest: string; readonly now: Date },
): Promise<boolean> {
  const envelope = seal(ring, JSON.stringify({ digest, answer: null } satisfies IdempotencyRecord), aad(ref));
  const { count } = await db.idempotencyKey.createMany({
    data: [{ actor: ref.actor, key: ref.key, envelope, createdAt: now }],
    skipDuplicates: true,
  });
  return count === 1;
}

/**
 * The record of a key that was claimed at or after `since`; null: none. A record whose encryption key left the key ring has a digest that equals no
 * other.
 */
export async function findIdempotencyRecord(
  db: Db,
  ring: KeyRing,
  ref: IdempotencyKeyRef,
  since: Date,
): Promise<IdempotencyRecord | null> {
  const row = await db.idempotencyKey.findFirst({
    where: { actor: ref.actor, key: ref.key, createdAt: { gt: since } },
    select: { envelope: true },
  });
  if (row === null) return null;
  try {
    return JSON.parse(open(ring, row.envelope, aad(ref))) as IdempotencyRecord;
  } catch (error) {
    if (error instanceof EnvelopeError) return { digest: '', answer: null };
    throw error;
  }
}

/** Stores the answer, encrypted: it may contain a secret that is shown only once. */
export async function recordIdempotentAnswer(
  db: Db,
  ring: KeyRing,
  ref: IdempotencyKeyRef,
  record: IdempotencyRecord,
): Promise<void> {
  const envelope = seal(ring, JSON.stringify(record), aad(ref));
  await db.idempotencyKey.updateMany({ where: { actor: ref.actor, key: ref.key }, data: { envelope, answered: true } });
}

export async function deleteIdempotencyKey(db: Db, { actor, key }: IdempotencyKeyRef): Promise<void> {
  await db.idempotencyKey.deleteMany({ where: { actor, key } });
}

export async function deleteOldIdempotencyKeys(db: Db, before: Date): Promise<void> {
  await db.idempotencyKey.deleteMany({ where: { createdAt: { lte: before } } });
}
