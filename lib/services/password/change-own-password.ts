import { z } from 'zod';
import { Password } from '#lib/domain/account/user.ts';
import type { Call } from '#lib/services/context.ts';
import { requireFreshSignIn } from '#lib/services/require-fresh-sign-in.ts';
import { requirePerson } from '#lib/services/require-role.ts';
import { write } from '#lib/services/write.ts';
import { checkNewPassword } from './check-new-password.ts';
import { replacePassword } from './replace-password.ts';

export const ChangeOwnPasswordInput = z.object({ password: Password });
export type ChangeOwnPasswordInput = z.input<typeof ChangeOwnPasswordInput>;

/**
 * Sets a new password for the caller, who has just entered the old one; ends all of their sessions, including the current one.
 * @throws InvalidInputError `common-password`; AppError `fresh-sign-in-needed`.
 */
export async function changeOwnPassword({ ctx, input }: Call<ChangeOwnPasswordInput>): Promise<null> {
  const actor = requirePerson(ctx, 'viewer');
  requireFreshSignIn(ctx);
  const { password } = ChangeOwnPasswordInput.parse(input);
  checkNewPassword(password, actor);
  await write(ctx, async (tx, audit) => {
    await audit({ action: 'user.change-own-password', subjectId: actor.userId });
    await replacePassword(tx, actor.userId, password);
  });
  return null;
}
