import { EnvelopeError, envelopeKeyId, type KeyRing, open, seal } from '#lib/platform/crypto.ts';
import type { Db, Tx } from '#lib/platform/db.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';

export type SecretKind = 'client-secret' | 'token-cache' | 'pkce' | 'certificate-key';

/** Where a secret belongs: an envelope opens only as this kind of this owner. */
export interface SecretOwner {
  readonly kind: SecretKind;
  /** Id of the connection, verification or certificate. */
  readonly ownerId: string;
}

const aad = ({ kind, ownerId }: SecretOwner) => `${kind}/${ownerId}`;

/** Seals and stores a secret; returns its id. */
export async function insertSecret(db: Db | Tx, ring: KeyRing, owner: SecretOwner, plaintext: string): Promise<string> {
  const envelope = seal(ring, plaintext, aad(owner));
  const id = newId('sec');
  await db.secret.create({ data: { id, kind: owner.kind, envelope, keyId: envelopeKeyId(envelope) }, select: { id: true } });
  return id;
}

/** @throws EnvelopeError when it isn't there, or isn't this owner's. */
export async function openSecret(
  db: Db | Tx,
  ring: KeyRing,
  owner: SecretOwner,
  id: string,
): Promise<{ readonly plaintext: string; readonly version: number }> {
  const row = await db.secret.findUnique({ where: { id }, select: { envelope: true, version: true } });
  if (row === null) throw new EnvelopeError('The secret is gone.');
  return { plaintext: open(ring, row.envelope, aad(owner)), version: row.version };
}

/** Replaces a secret if it still has `version`; false when somebody else replaced it since. */
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

/** Hands a secret over to another owner: sealed anew, since the envelope names its owner. */
export async function moveSecret(tx: Tx, ring: KeyRing, id: string, from: SecretOwner, to: SecretOwner): Promise<void> {
  const { plaintext, version } = await openSecret(tx, ring, from, id);
  const moved = await replaceSecret(tx, ring, to, { id, version, plaintext });
  if (!moved) throw new ConflictError({ code: 'changed-meanwhile', title: 'This was changed meanwhile.', remedy: 'Try again.' });
}

export async function deleteSecrets(db: Db | Tx, ids: readonly (string | null)[]): Promise<void> {
  await db.secret.deleteMany({ where: { id: { in: ids.filter((id) => id !== null) } } });
}
