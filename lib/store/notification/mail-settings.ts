import { type MailAccess, MailTls } from '#lib/domain/notification/channel.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { deleteSecrets, insertSecret, openSecret, type SecretOwner } from '../connection/secrets.ts';

/** Id of the only row. */
const ID = 'mail';
const OWNER: SecretOwner = { kind: 'mail', ownerId: ID };

/** The mail server of the settings, with its password in clear text; null when none is set. */
export async function openMailSettings(db: Db | Tx, ring: KeyRing): Promise<MailAccess | null> {
  const row = await db.mailSettings.findUnique({ where: { id: ID } });
  if (row === null) return null;
  const { host, port, user, sender, secretId } = row;
  const password = secretId === null ? null : (await openSecret(db, ring, OWNER, secretId)).plaintext;
  return { host, port, user, sender, password, tls: MailTls.parse(row.tls) };
}

/** Replaces the mail server; null: removes it. */
export async function replaceMailSettings(tx: Tx, ring: KeyRing, access: MailAccess | null): Promise<void> {
  const before = await tx.mailSettings.findUnique({ where: { id: ID }, select: { secretId: true } });
  if (before !== null) await tx.mailSettings.delete({ where: { id: ID }, select: { id: true } });
  await deleteSecrets(tx, [before?.secretId ?? null]);
  if (access === null) return;
  const { host, port, tls, user, sender, password } = access;
  const secretId = password === null ? null : await insertSecret(tx, ring, OWNER, password);
  await tx.mailSettings.create({ data: { id: ID, host, port, tls, user, sender, secretId }, select: { id: true } });
}
