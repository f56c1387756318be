import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** Replaces an earlier set-up token: only the link that was printed last is valid. */
export async function replaceSetupToken(tx: Tx, tokenHash: string, expiresAt: Date): Promise<void> {
  await tx.setupToken.deleteMany({ where: { usedAt: null } });
  await tx.setupToken.create({ data: { tokenHash, expiresAt }, select: { tokenHash: true } });
}

/** Marks the token as used; false when it is unknown, used or expired. */
export async function consumeSetupToken(tx: Tx, tokenHash: string, now: Date): Promise<boolean> {
  const { count } = await tx.setupToken.updateMany({
    where: { tokenHash, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  return count === 1;
}

export async function isSetupTokenOpen(db: Db, tokenHash: string, now: Date): Promise<boolean> {
  return (await db.setupToken.count({ where: { tokenHash, usedAt: null, expiresAt: { gt: now } } })) === 1;
}
