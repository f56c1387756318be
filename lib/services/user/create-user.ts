import { z } from 'zod';
import { Role } from '#lib/domain/account/role.ts';
import { Email, Password, PersonName, type UserDto } from '#lib/domain/account/user.ts';
import { hashPassword } from '#lib/platform/crypto/password.ts';
import { newId } from '#lib/platform/id.ts';
import { checkNewPassword } from '#lib/services/password/check-new-password.ts';
import { insertUser, toUserDto } from '#lib/store/account/users.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import type { Call } from '../context.ts';
import { requireOperator } from '../require-role.ts';
import { write } from '../write.ts';
import { emailTaken } from './email-taken.ts';

export const CreateUserInput = z.object({ email: Email, name: PersonName, password: Password, role: Role });
export type CreateUserInput = z.input<typeof CreateUserInput>;

/**
 * Creates an account with a password; only for the operator's shell: an administrator invites people (invite-user.ts) and never knows a password.
 * @throws ConflictError `email-taken`; InvalidInputError `common-password`; ForbiddenError.
 */
export async function createUser({ ctx, input }: Call<CreateUserInput>): Promise<UserDto> {
  requireOperator(ctx);
  const { email, name, password, role } = CreateUserInput.parse(input);
  checkNewPassword(password, { email });
  const passwordHash = await hashPassword(password);
  try {
    return await write(ctx, async (tx, audit) => {
      const user = await insertUser(tx, { id: newId('user'), email, name, role, passwordHash, entraObjectId: null });
      await audit({ action: 'user.create', subjectId: user.id, detail: { role } });
      return toUserDto(user);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw emailTaken(error);
    throw error;
  }
}
