import { z } from 'zod';
import { Email, Password, type UserDto } from '#lib/domain/account/user.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import type { Call } from '#lib/services/context.ts';
import { requireOperator } from '#lib/services/require-role.ts';
import { write } from '#lib/services/write.ts';
import { findUserByEmail, toUserDto } from '#lib/store/account/users.ts';
import { checkNewPassword } from './check-new-password.ts';
import { replacePassword } from './replace-password.ts';

export const SetPasswordInput = z.object({ email: Email, password: Password });
export type SetPasswordInput = z.input<typeof SetPasswordInput>;

/**
 * Sets a person's password, also of one who had none; only for the operator's shell. Role and disabled state stay.
 * @throws InvalidInputError `unknown-email`, `common-password`; ForbiddenError.
 */
export async function setPassword({ ctx, input }: Call<SetPasswordInput>): Promise<UserDto> {
  requireOperator(ctx);
  const { email, password } = SetPasswordInput.parse(input);
  checkNewPassword(password, { email });
  return write(ctx, async (tx, audit) => {
    const user = await findUserByEmail(tx, email);
    if (user === null) throw userNotFound(email);
    const changed = await replacePassword(tx, user.id, password);
    await audit({ action: 'user.set-password', subjectId: user.id });
    return toUserDto(changed);
  });
}

function userNotFound(email: string): InvalidInputError {
  return new InvalidInputError({
    code: 'unknown-email',
    title: `No account has the e-mail address ${email}.`,
    remedy: 'Check the address in Settings, People, or create the account.',
    fixer: 'you',
    field: 'email',
  });
}
