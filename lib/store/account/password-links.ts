import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import type { PasswordLinkPurpose } from '#prisma/generated/enums.ts';
import { USER, type UserRow } from './users.ts';

/** Makes a link for a person; their earlier ones stop working. */
export async function replacePasswordLink(
  tx: Tx,
  link: { readonly tokenHash: string; readonly userId: string; readonly purpose: PasswordLinkPurpose; readonly expiresAt: Date },
): Promise<void> {
  await tx.passwordLink.deleteMany({ where: { userId: link.userId } });
  await tx.passwordLink.create({ data: { ...link }, select: { tokenHash: true } });
}

/** Whose link it is; null when it is unknown, used or over, or the person is disabled. */
export async function findPasswordLink(
  db: Db | Tx,
  tokenHash: string,
  now: Date,
): Promise<{ readonly purpose: PasswordLinkPurpose; readonly user: UserRow } | null> {
  return db.passwordLink.findFirst({
    where: { tokenHash, expiresAt: { gt: now }, user: { disabled: false } },
    select: { purpose: true, user: { select: USER } },
  });
}

/** Takes the link; false when somebody else was faster, or it is over. */
export async function spendPasswordLink(tx: Tx, tokenHash: string, now: Date): Promise<boolean> {
  const { count } = await tx.passwordLink.deleteMany({ where: { tokenHash, expiresAt: { gt: now } } });
  return count === 1;
}

export async function deletePasswordLinks(tx: Tx, userId: string): Promise<void> {
  await tx.passwordLink.deleteMany({ where: { userId } });
}

export async function deleteOldPasswordLinks(db: Db, now: Date): Promise<void> {
  await db.passwordLink.deleteMany({ where: { expiresAt: { lte: now } } });
}
