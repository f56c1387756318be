import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** Replaces whatever set-up link there was: only the last one printed works. */
export async function replaceSetupToken(tx: Tx, tokenHash: string, expiresAt: Date): Promise<void> {
  await tx.setupToken.deleteMany({ where: { usedAt: null } });
  await tx.setupToken.create({ data: { tokenHash, expiresAt }, select: { tokenHash: true } });
}

/** Marks the token as used; false when it is unknown, used or over. */
export async function spendSetupToken(tx: Tx, tokenHash: string, now: Date): Promise<boolean> {
  const { count } = await tx.setupToken.updateMany({
    where: { tokenHash, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  return count === 1;
}

export async function isSetupTokenOpen(db: Db, tokenHash: string, now: Date): Promise<boolean> {
  return (await db.setupToken.count({ where: { tokenHash, usedAt: null, expiresAt: { gt: now } } })) === 1;
}
