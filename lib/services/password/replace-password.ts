import { hashPassword } from '#lib/platform/crypto/password.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { deletePasswordLinks } from '#lib/store/account/password-links.ts';
import { endSessions } from '#lib/store/account/sessions.ts';
import { setUserPasswordHash, type UserRow } from '#lib/store/account/users.ts';

/** Sets a person's password, which must have been checked before. Ends all sessions, and invalidates links for setting a password. */
export async function replacePassword(tx: Tx, userId: string, password: string): Promise<UserRow> {
  const passwordHash = await hashPassword(password);
  await endSessions(tx, userId);
  await deletePasswordLinks(tx, userId);
  return setUserPasswordHash(tx, userId, passwordHash);
}
