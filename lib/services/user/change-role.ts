import { z } from 'zod';
import { Role } from '#lib/domain/account/role.ts';
import type { UserDto } from '#lib/domain/account/user.ts';
import { idSchema } from '#lib/domain/id.ts';
import { setUserRole, toUserDto } from '#lib/store/account/users.ts';
import type { Call } from '../context.ts';
import { requireFreshSignInOrAdminToken } from '../require-fresh-sign-in.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { requireUserLeavingAnAdmin } from './require-other-admin.ts';

export const ChangeRoleInput = z.object({ userId: idSchema('user'), role: Role });
export type ChangeRoleInput = z.input<typeof ChangeRoleInput>;

/** Applies from the person's next request on. @throws ConflictError `last-admin`; AppError `fresh-sign-in-needed`. */
export async function changeRole({ ctx, input }: Call<ChangeRoleInput>): Promise<UserDto> {
  requireRole(ctx, 'admin');
  requireFreshSignInOrAdminToken(ctx);
  const { userId, role } = ChangeRoleInput.parse(input);
  return write(ctx, async (tx, audit) => {
    const before = await requireUserLeavingAnAdmin(tx, userId, role === 'admin');
    await audit({ action: 'user.change-role', subjectId: userId, detail: { from: before.role, to: role } });
    return toUserDto(await setUserRole(tx, userId, role));
  });
}
