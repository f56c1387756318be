import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { UserDto } from '#lib/domain/user.ts';
import type { Call } from '../context.ts';

export const SetDisabledInput = z.object({ userId: idSchema('user'), disabled: z.boolean() });
export type SetDisabledInput = z.input<typeof SetDisabledInput>;

export async function setDisabled({ input }: Call<SetDisabledInput>): Promise<UserDto> {
  SetDisabledInput.parse(input);
  throw new Error('setDisabled is not there yet');
}
