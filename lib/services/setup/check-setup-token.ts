import { z } from 'zod';
import { isSetupTokenOpen } from '#lib/store/account/setup-tokens.ts';
import { countUsers } from '#lib/store/account/users.ts';
import { type SetupContext, setupTokenHash } from './setup-context.ts';

export const CheckSetupTokenInput = z.object({ token: z.string().trim().max(200) });
export type CheckSetupTokenInput = z.input<typeof CheckSetupTokenInput>;

/** For the set-up page: whether the form would be accepted. `done`: an account exists already. */
export async function checkSetupToken({
  ctx,
  input,
}: {
  ctx: SetupContext;
  input: CheckSetupTokenInput;
}): Promise<'open' | 'refused' | 'done'> {
  const { token } = CheckSetupTokenInput.parse(input);
  if ((await countUsers(ctx.db)) > 0) return 'done';
  return (await isSetupTokenOpen(ctx.db, setupTokenHash(token), ctx.clock.now())) ? 'open' : 'refused';
}
