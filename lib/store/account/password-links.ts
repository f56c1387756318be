import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import type { PasswordLinkPurpose } from '#prisma/generated/enums.ts';
import { USER, type UserRow } from './users.ts';

/** Creates a link for a person; their earlier links become invalid. */
export async function replacePasswordLink(
  tx: Tx,
  link: { readonly tokenHash: string; readonly userId: string; readonly purpose: PasswordLinkPurpose; readonly expiresAt: Date },
): Promise<void> {
  await tx.passwordLink.deleteMany({ where: { userId: link.userId } });
  await tx.passwordLink.create({ data: { ...link }, select: { tokenHash: true } });
}

/** The person of a link; null when the link is unknown, used or expired, or the person is disabled. */
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

/** Marks the link as used; false when it is used already or expired. */
export async function consumePasswordLink(tx: Tx, tokenHash: string, now: Date): Promise<boolean> {
  const { count } = await tx.passwordLink.deleteMany({ where: { tokenHash, expiresAt: { gt: now } } });
  return count === 1;
}

export async function deletePasswordLinks(tx: Tx, userId: string): Promise<void> {
  await tx.passwordLink.deleteMany({ where: { userId } });
}

export async function deleteOldPasswordLinks(db: Db, now: Date): Promise<void> {
  await db.passwordLink.deleteMany({ where: { expiresAt: { lte: now } } });
}
