import { z } from 'zod';
import { Role } from '#lib/domain/account/role.ts';
import { Email, PersonName, type UserDto } from '#lib/domain/account/user.ts';
import { newId } from '#lib/platform/id.ts';
import { makePasswordLink, type PasswordLink } from '#lib/services/password/password-link.ts';
import { insertUser, toUserDto } from '#lib/store/account/users.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import type { Call } from '../context.ts';
import { requireFreshSignInOrAdminToken } from '../require-fresh-sign-in.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { emailTaken } from './email-taken.ts';

export const InviteUserInput = z.object({ email: Email, name: PersonName, role: Role });
export type InviteUserInput = z.input<typeof InviteUserInput>;

/**
 * Creates an account without a password, and the link by which its person sets one: nobody else ever knows it.
 * @throws ConflictError `email-taken`; AppError `fresh-sign-in-needed`.
 */
export async function inviteUser({
  ctx,
  input,
}: Call<InviteUserInput>): Promise<{ readonly user: UserDto; readonly link: PasswordLink }> {
  requireRole(ctx, 'admin');
  requireFreshSignInOrAdminToken(ctx);
  const { email, name, role } = InviteUserInput.parse(input);
  try {
    return await write(ctx, async (tx, audit) => {
      const user = await insertUser(tx, { id: newId('user'), email, name, role, passwordHash: null, entraObjectId: null });
      await audit({ action: 'user.invite', subjectId: user.id, detail: { role } });
      return { user: toUserDto(user), link: await makePasswordLink(ctx, tx, { userId: user.id, purpose: 'invitation' }) };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw emailTaken(error);
    throw error;
  }
}
