import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { UserDto } from '#lib/domain/user.ts';
import { setUserDisabled, toUserDto } from '#lib/store/users.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { requireUserLeavingAnAdmin } from './require-other-admin.ts';

export const SetDisabledInput = z.object({ userId: idSchema('user'), disabled: z.boolean() });
export type SetDisabledInput = z.input<typeof SetDisabledInput>;

/** A disabled person is out with the next request. @throws ConflictError `last-admin`. */
export async function setDisabled({ ctx, input }: Call<SetDisabledInput>): Promise<UserDto> {
  requireRole(ctx, 'admin');
  const { userId, disabled } = SetDisabledInput.parse(input);
  return write(ctx, async (tx, audit) => {
    await requireUserLeavingAnAdmin(tx, userId, !disabled);
    await audit({ action: disabled ? 'user.disable' : 'user.enable', subjectId: userId });
    return toUserDto(await setUserDisabled(tx, userId, disabled));
  });
}
