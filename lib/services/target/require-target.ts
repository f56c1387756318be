import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { findTarget, type TargetRow } from '#lib/store/run/targets.ts';

/** @throws NotFoundError */
export async function requireTarget(ctx: { readonly db: Db }, targetId: string): Promise<TargetRow> {
  const row = await findTarget(ctx.db, targetId);
  if (row === null) throw new NotFoundError('target');
  return row;
}

/** A target that people may change. @throws NotFoundError; ConflictError `target-built-in` */
export async function requireOwnTarget(ctx: { readonly db: Db }, targetId: string): Promise<TargetRow> {
  const row = await requireTarget(ctx, targetId);
  if (!row.builtIn) return row;
  throw new ConflictError({
    code: 'target-built-in',
    title: `${row.name} is a built-in target and cannot be changed or deleted here.`,
    remedy: 'The environment variables ENTRADA_LANDING_URL and ENTRADA_LAKE_DIR of the server set its location.',
    fixer: 'operator',
  });
}
