import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Call } from '#lib/services/context.ts';
import { requireFreshSignIn } from '#lib/services/require-fresh-sign-in.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { write } from '#lib/services/write.ts';
import { findUserById } from '#lib/store/account/users.ts';
import { makePasswordLink, type PasswordLink } from './password-link.ts';

export const CreatePasswordLinkInput = z.object({ userId: idSchema('user') });
export type CreatePasswordLinkInput = z.input<typeof CreatePasswordLinkInput>;

/**
 * Creates a link for setting a new password, or a new invitation for a person who has not signed in yet. The present password and sessions stay valid
 * until it is used.
 * @throws NotFoundError; AppError `fresh-sign-in-needed`.
 */
export async function createPasswordLink({ ctx, input }: Call<CreatePasswordLinkInput>): Promise<PasswordLink> {
  requireRole(ctx, 'admin');
  requireFreshSignIn(ctx);
  const { userId } = CreatePasswordLinkInput.parse(input);
  return write(ctx, async (tx, audit) => {
    const user = await findUserById(tx, userId);
    if (user === null) throw new NotFoundError('person');
    const isNew = user.passwordHash === null && user.entraObjectId === null;
    const purpose = isNew ? 'invitation' : 'reset';
    await audit({ action: 'user.create-password-link', subjectId: userId, detail: { purpose } });
    return makePasswordLink(ctx, tx, { userId, purpose });
  });
}
