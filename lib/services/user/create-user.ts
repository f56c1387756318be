import { z } from 'zod';
import { Role } from '#lib/domain/role.ts';
import { Email, Password, PersonName, type UserDto } from '#lib/domain/user.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { hashPassword } from '#lib/platform/password.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { insertUser, toUserDto } from '#lib/store/users.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';

export const CreateUserInput = z.object({ email: Email, name: PersonName, password: Password, role: Role });
export type CreateUserInput = z.input<typeof CreateUserInput>;

/** @throws ConflictError `email-taken`. */
export async function createUser({ ctx, input }: Call<CreateUserInput>): Promise<UserDto> {
  requireRole(ctx, 'admin');
  const { email, name, password, role } = CreateUserInput.parse(input);
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

function emailTaken(cause: unknown): ConflictError {
  return new ConflictError(
    {
      code: 'email-taken',
      title: 'Somebody has this e-mail address already.',
      remedy: 'Change the role of that account instead.',
      fixer: 'you',
      field: 'email',
    },
    { cause },
  );
}
