import type { Db } from '#lib/platform/postgres/db.ts';

/** Records the use of a proof. False when it was used before: a replay. */
export async function recordProof(
  db: Db,
  proof: { readonly signer: string; readonly jti: string; readonly expiresAt: Date },
): Promise<boolean> {
  const { signer, jti, expiresAt } = proof;
  const count = await db.$executeRaw`
    INSERT INTO gateway_proofs (signer, jti, expires_at) VALUES (${signer}, ${jti}, ${expiresAt}) ON CONFLICT DO NOTHING`;
  return count === 1;
}

export async function deleteOldProofs(db: Db, now: Date): Promise<void> {
  await db.gatewayProof.deleteMany({ where: { expiresAt: { lt: now } } });
}
