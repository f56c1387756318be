import { z } from 'zod';
import type { UserDto } from '#lib/domain/account/user.ts';
import { idSchema } from '#lib/domain/id.ts';
import { deletePasswordLinks } from '#lib/store/account/password-links.ts';
import { endSessions } from '#lib/store/account/sessions.ts';
import { setUserDisabled, toUserDto } from '#lib/store/account/users.ts';
import type { Call } from '../context.ts';
import { requireFreshSignInOrAdminToken } from '../require-fresh-sign-in.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { requireUserLeavingAnAdmin } from './require-other-admin.ts';

export const SetDisabledInput = z.object({ userId: idSchema('user'), disabled: z.boolean() });
export type SetDisabledInput = z.input<typeof SetDisabledInput>;

/**
 * Disables or enables a person. A disabled person is refused from the next request on; after enabling they have to sign in again: earlier sessions
 * and links stay invalid.
 * @throws ConflictError `last-admin`; AppError `fresh-sign-in-needed`.
 */
export async function setDisabled({ ctx, input }: Call<SetDisabledInput>): Promise<UserDto> {
  requireRole(ctx, 'admin');
  requireFreshSignInOrAdminToken(ctx);
  const { userId, disabled } = SetDisabledInput.parse(input);
  return write(ctx, async (tx, audit) => {
    await requireUserLeavingAnAdmin(tx, userId, !disabled);
    await audit({ action: disabled ? 'user.disable' : 'user.enable', subjectId: userId });
    if (disabled) {
      await endSessions(tx, userId);
      await deletePasswordLinks(tx, userId);
    }
    return toUserDto(await setUserDisabled(tx, userId, disabled));
  });
}
