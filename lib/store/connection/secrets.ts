import { EnvelopeError, envelopeKeyId, type KeyRing, open, seal } from '#lib/platform/crypto/crypto.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

export type SecretKind =
  | 'client-secret'
  | 'token-cache'
  | 'pkce'
  | 'certificate-key'
  | 'target'
  | 'notification-channel'
  | 'mail';

/** The owner of a secret: decryption succeeds only with the same kind and owner. */
export interface SecretOwner {
  readonly kind: SecretKind;
  /** Id of the connection, verification, certificate, target or channel, or of the mail settings. */
  readonly ownerId: string;
}

const aad = ({ kind, ownerId }: SecretOwner) => `${kind}/${ownerId}`;

/** Encrypts and stores a secret; returns its id. */
export async function insertSecret(db: Db | Tx, ring: KeyRing, owner: SecretOwner, plaintext: string): Promise<string> {
  const envelope = seal(ring, plaintext, aad(owner));
  const id = newId('sec');
  await db.secret.create({ data: { id, kind: owner.kind, envelope, keyId: envelopeKeyId(envelope) }, select: { id: true } });
  return id;
}

/** @throws EnvelopeError when it does not exist, or belongs to another owner. */
export async function openSecret(
  db: Db | Tx,
  ring: KeyRing,
  owner: SecretOwner,
  id: string,
): Promise<{ readonly plaintext: string; readonly version: number }> {
  const row = await db.secret.findUnique({ where: { id }, select: { envelope: true, version: true } });
  if (row === null) throw new EnvelopeError('The secret was deleted.');
  return { plaintext: open(ring, row.envelope, aad(owner)), version: row.version };
}

/** Replaces a secret if it still has `version`; false when it was replaced meanwhile. */
export async function replaceSecret(
  db: Db | Tx,
  ring: KeyRing,
  owner: SecretOwner,
  change: { readonly id: string; readonly version: number; readonly plaintext: string },
): Promise<boolean> {
  const envelope = seal(ring, change.plaintext, aad(owner));
  const { count } = await db.secret.updateMany({
    where: { id: change.id, version: change.version },
    data: { envelope, keyId: envelopeKeyId(envelope), version: { increment: 1 } },
  });
  return count === 1;
}

/** Moves a secret to another owner. Encrypts it again, since the owner is part of the authenticated data. */
export async function moveSecret(tx: Tx, ring: KeyRing, id: string, from: SecretOwner, to: SecretOwner): Promise<void> {
  const { plaintext, version } = await openSecret(tx, ring, from, id);
  const moved = await replaceSecret(tx, ring, to, { id, version, plaintext });
  if (!moved)
    throw new ConflictError({ code: 'changed-meanwhile', title: 'Another person changed this meanwhile.', remedy: 'Try again.' });
}

export async function deleteSecrets(db: Db | Tx, ids: readonly (string | null)[]): Promise<void> {
  await db.secret.deleteMany({ where: { id: { in: ids.filter((id) => id !== null) } } });
}

/** An encrypted secret with its owner. */
interface SealedSecret {
  readonly id: string;
  readonly envelope: string;
  readonly keyId: string;
  /** Null for a secret that is no longer used. */
  readonly owner: SecretOwner | null;
}

const OWNERS = {
  connectionClientSecret: { select: { id: true } },
  connectionTokenCache: { select: { id: true } },
  verificationClientSecret: { select: { id: true } },
  verificationVerifier: { select: { id: true } },
  verificationTokenCache: { select: { id: true } },
  certificate: { select: { id: true } },
  target: { select: { id: true } },
  notificationChannel: { select: { id: true } },
  mailSettings: { select: { id: true } },
} as const;

/** Secrets with ids after `afterId`, encrypted (or not encrypted) with the key. */
async function listSealed(
  db: Db | Tx,
  filter: {
    readonly keyId: { readonly equals: string } | { readonly not: string };
    readonly afterId: string;
    readonly limit: number;
  },
): Promise<SealedSecret[]> {
  const rows = await db.secret.findMany({
    where: { keyId: filter.keyId, id: { gt: filter.afterId } },
    orderBy: { id: 'asc' },
    take: filter.limit,
    select: { id: true, kind: true, envelope: true, keyId: true, ...OWNERS },
  });
  return rows.map(({ id, kind, envelope, keyId, ...owners }) => {
    const owner = Object.values(owners).find((candidate) => candidate !== null);
    return { id, envelope, keyId, owner: owner === undefined ? null : { kind: kind as SecretKind, ownerId: owner.id } };
  });
}

const RESEAL_BATCH = 100;

/**
 * Encrypts every secret with the ring's first key. A secret that changes meanwhile is processed in the next pass; the function waits for a change
 * that is under way. Contents and renewal times stay.
 * @returns how many were encrypted again, and how many have no owner and were skipped.
 * @throws EnvelopeError when a secret cannot be decrypted with any key of the ring.
 */
export async function resealSecrets(db: Db, ring: KeyRing): Promise<{ readonly resealed: number; readonly orphans: number }> {
  const key = ring.primary.id;
  let resealed = 0;
  for (let pass = 0, changed = true; changed && pass < PASSES_MAX; pass++) {
    changed = false;
    let afterId = '';
    for (;;) {
      const batch = await listSealed(db, { keyId: { not: key }, afterId, limit: RESEAL_BATCH });
      const last = batch.at(-1);
      if (last === undefined) break;
      afterId = last.id;
      for (const { id, envelope, owner } of batch) {
        if (owner === null) continue;
        const sealed = seal(ring, open(ring, envelope, aad(owner)), aad(owner));
        const count =
          await db.$executeRaw`UPDATE secrets SET envelope = ${sealed}, key_id = ${key} WHERE id = ${id} AND envelope = ${envelope}`;
        resealed += count;
        changed ||= count === 0;
      }
    }
  }
  return { resealed, orphans: (await listSealed(db, { keyId: { not: key }, afterId: '', limit: RESEAL_BATCH })).length };
}

/** Secrets change rarely: the second pass nearly always finds nothing. */
const PASSES_MAX = 10;

/** Why the ring cannot decrypt the stored secrets, in one sentence; null when it can. Checks one secret of each key. */
export async function findKeyProblem(db: Db, ring: KeyRing): Promise<string | null> {
  const used = await db.secret.groupBy({ by: ['keyId'], _count: true });
  for (const { keyId, _count: count } of used) {
    if (!ring.keys.has(keyId)) {
      return `${count} stored secrets are encrypted with the key ${keyId}, which is missing. ENTRADA_SECRET_KEY or its file contains ${[...ring.keys.keys()].join(', ')}.`;
    }
    const [sample] = (await listSealed(db, { keyId: { equals: keyId }, afterId: '', limit: RESEAL_BATCH })).filter(
      ({ owner }) => owner !== null,
    );
    if (sample?.owner == null) continue;
    try {
      open(ring, sample.envelope, aad(sample.owner));
    } catch {
      return `The key ${keyId} did not encrypt the ${count} stored secrets: its value differs.`;
    }
  }
  return null;
}
