import { z } from 'zod';
import { Email, Password, type UserDto } from '#lib/domain/user.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { hashPassword } from '#lib/platform/password.ts';
import { findUserByEmail, setUserPasswordHash, toUserDto } from '#lib/store/users.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';

export const SetPasswordInput = z.object({ email: Email, password: Password });
export type SetPasswordInput = z.input<typeof SetPasswordInput>;

/** Gives somebody a new password, also who had none. Role and disabled stay. @throws InvalidInputError `unknown-email`. */
export async function setPassword({ ctx, input }: Call<SetPasswordInput>): Promise<UserDto> {
  requireRole(ctx, 'admin');
  const { email, password } = SetPasswordInput.parse(input);
  const passwordHash = await hashPassword(password);
  return write(ctx, async (tx, audit) => {
    const user = await findUserByEmail(tx, email);
    if (user === null) throw userNotFound(email);
    const changed = await setUserPasswordHash(tx, user.id, passwordHash);
    await audit({ action: 'user.set-password', subjectId: user.id });
    return toUserDto(changed);
  });
}

function userNotFound(email: string): InvalidInputError {
  return new InvalidInputError({
    code: 'unknown-email',
    title: `Nobody has the e-mail address ${email}.`,
    remedy: 'Check the address in Settings, People, or create the account.',
    fixer: 'you',
    field: 'email',
  });
}
