import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { Role } from '#lib/domain/role.ts';
import type { UserDto } from '#lib/domain/user.ts';
import type { Call } from '../context.ts';

export const ChangeRoleInput = z.object({ userId: idSchema('user'), role: Role });
export type ChangeRoleInput = z.input<typeof ChangeRoleInput>;

export async function changeRole({ input }: Call<ChangeRoleInput>): Promise<UserDto> {
  ChangeRoleInput.parse(input);
  throw new Error('changeRole is not there yet');
}
