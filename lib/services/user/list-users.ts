import { z } from 'zod';
import type { UserDto } from '#lib/domain/account/user.ts';
import { listUserRows, toUserDto } from '#lib/store/account/users.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListUsersInput = z.object({});
export type ListUsersInput = z.input<typeof ListUsersInput>;

/** People sorted by e-mail address; for administrators. */
export async function listUsers({ ctx }: Call<ListUsersInput>): Promise<UserDto[]> {
  requireRole(ctx, 'admin', 'reads');
  return (await listUserRows(ctx.db)).map(toUserDto);
}
