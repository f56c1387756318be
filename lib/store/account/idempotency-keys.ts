import { EnvelopeError, type KeyRing, open, seal } from '#lib/platform/crypto/crypto.ts';
import type { Db } from '#lib/platform/postgres/db.ts';

/** Names one request: the keys of one actor are apart from those of others. */
export interface IdempotencyKeyRef {
  /** As actorKey says it. */
  readonly actor: string;
  readonly key: string;
}

/** What was asked with a key, and what was answered. */
export interface IdempotencyRecord {
  /** SHA-256 of the request. */
  readonly digest: string;
  /** Null until there is one. */
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  } | null;
}

const aad = ({ actor, key }: IdempotencyKeyRef) => `idempotency/${actor}/${key}`;

/** Notes that a request with this key is being answered; false when the key was used already. */
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

/** What is known of a key since `since`; null: nothing. A record of a key that left the ring has no digest that anything equals. */
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

/** Keeps the answer, sealed: it may hold what is shown once. */
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
