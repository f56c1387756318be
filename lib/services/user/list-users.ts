import { z } from 'zod';
import type { UserDto } from '#lib/domain/user.ts';
import type { Call } from '../context.ts';

export const ListUsersInput = z.object({});
export type ListUsersInput = z.input<typeof ListUsersInput>;

export async function listUsers({ input }: Call<ListUsersInput>): Promise<UserDto[]> {
  ListUsersInput.parse(input);
  throw new Error('listUsers is not there yet');
}
