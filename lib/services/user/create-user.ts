import { z } from 'zod';
import { Role } from '#lib/domain/role.ts';
import { Email, Password, PersonName, type UserDto } from '#lib/domain/user.ts';
import type { Call } from '../context.ts';

export const CreateUserInput = z.object({ email: Email, name: PersonName, password: Password, role: Role });
export type CreateUserInput = z.input<typeof CreateUserInput>;

export async function createUser({ input }: Call<CreateUserInput>): Promise<UserDto> {
  CreateUserInput.parse(input);
  throw new Error('createUser is not there yet');
}
