import { type KeyRing, KeyRingError } from '#lib/platform/crypto/crypto.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { findKeyProblem } from '#lib/store/connection/secrets.ts';

/**
 * Checks at the start that the keys decrypt the stored secrets, so that it does not first fail in a run.
 * @throws KeyRingError that names the variable and the remedy.
 */
export async function checkKeyRing({ ctx }: { readonly ctx: { readonly db: Db; readonly ring: KeyRing } }): Promise<void> {
  const problem = await findKeyProblem(ctx.db, ctx.ring);
  if (problem === null) return;
  throw new KeyRingError(
    `${problem} Add the right key to ENTRADA_SECRET_KEY (or restore the key file of the data folder from a backup). Without this key, every connection must be authenticated again.`,
  );
}
