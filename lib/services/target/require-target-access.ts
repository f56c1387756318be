import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { openTarget } from '#lib/store/run/targets.ts';

/**
 * Settings and secrets of the target of a task, in clear text. The caller must have checked the role.
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
