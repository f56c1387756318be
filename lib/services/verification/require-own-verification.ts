import { NotFoundError } from '#lib/platform/errors.ts';
import type { Context } from '#lib/services/context.ts';
import { requirePerson } from '#lib/services/require-role.ts';
import { findOwnVerification, type VerificationRow } from '#lib/store/connection/verifications.ts';

/** A verification of the caller. @throws NotFoundError also for another person's, whose existence is not disclosed. */
export async function requireOwnVerification(ctx: Context, id: string): Promise<VerificationRow> {
  const actor = requirePerson(ctx, 'editor');
  const row = await findOwnVerification(ctx.db, id, actor.userId);
  if (row === null) throw new NotFoundError('sign-in');
  return row;
}
