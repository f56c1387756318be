import { hashPassword } from '#lib/platform/crypto/password.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { deletePasswordLinks } from '#lib/store/account/password-links.ts';
import { endSessions } from '#lib/store/account/sessions.ts';
import { setUserPasswordHash, type UserRow } from '#lib/store/account/users.ts';

/** Sets somebody's password, checked before. Whoever knew the old one is out, and links to set another one stop working. */
export async function replacePassword(tx: Tx, userId: string, password: string): Promise<UserRow> {
  const passwordHash = await hashPassword(password);
  await endSessions(tx, userId);
  await deletePasswordLinks(tx, userId);
  return setUserPasswordHash(tx, userId, passwordHash);
}
