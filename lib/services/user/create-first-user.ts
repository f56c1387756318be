import { z } from 'zod';
import { Email, Password, PersonName, type UserDto } from '#lib/domain/user.ts';
import type { Context } from '../context.ts';

export const CreateFirstUserInput = z.object({
  token: z.string().trim().min(1).max(200),
  email: Email,
  name: PersonName,
  password: Password,
});
export type CreateFirstUserInput = z.input<typeof CreateFirstUserInput>;

/** What the first account needs of the context: nobody is signed in yet. */
export type SetupContext = Pick<Context, 'db' | 'clock'>;

export async function createFirstUser({ input }: { ctx: SetupContext; input: CreateFirstUserInput }): Promise<UserDto> {
  CreateFirstUserInput.parse(input);
  throw new Error('createFirstUser is not there yet');
}
