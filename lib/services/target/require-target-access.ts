import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { openTarget } from '#lib/store/run/targets.ts';

/**
 * How the target of a task is reached, with its secrets in the clear. The caller has checked who asks.
 * @throws NotFoundError
 */
export async function requireTargetAccess(
  ctx: { readonly db: Db; readonly ring: KeyRing },
  targetId: string,
): Promise<TargetAccess> {
  const access = await openTarget(ctx.db, ctx.ring, targetId);
  if (access === null) throw new NotFoundError('target');
  return access;
}
