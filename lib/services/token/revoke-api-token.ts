import { z } from 'zod';
import { includesRole } from '#lib/domain/account/role.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { deleteApiToken, findApiToken } from '#lib/store/account/api-tokens.ts';
import type { Call } from '../context.ts';
import { requireFreshSignInOrAdminToken } from '../require-fresh-sign-in.ts';
import { requirePerson } from '../require-role.ts';
import { write } from '../write.ts';

export const RevokeApiTokenInput = z.object({ tokenId: idSchema('tok') });
export type RevokeApiTokenInput = z.input<typeof RevokeApiTokenInput>;

/** Revokes a token from its next call on: one of the caller's own, or for administrators any. Another person's token is reported as not found. */
export async function revokeApiToken({ ctx, input }: Call<RevokeApiTokenInput>): Promise<{ revoked: true }> {
  const actor = requirePerson(ctx, 'viewer');
  requireFreshSignInOrAdminToken(ctx);
  const { tokenId } = RevokeApiTokenInput.parse(input);
  await write(ctx, async (tx, audit) => {
    const row = await findApiToken(tx, tokenId);
    if (row === null || (row.userId !== actor.userId && !includesRole(actor.role, 'admin'))) throw new NotFoundError('API token');
    await deleteApiToken(tx, tokenId);
    await audit({ action: 'token.revoke', subjectId: tokenId, detail: { name: row.name, owner: row.user.email } });
  });
  return { revoked: true };
}
