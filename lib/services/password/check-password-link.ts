import { z } from 'zod';
import type { SetupContext } from '#lib/services/setup/setup-context.ts';
import { findPasswordLink } from '#lib/store/account/password-links.ts';
import { linkTokenHash } from './password-link.ts';

export const CheckPasswordLinkInput = z.object({ token: z.string().trim().max(200) });
export type CheckPasswordLinkInput = z.input<typeof CheckPasswordLinkInput>;

/** The person and purpose of a link, for its page; null when it would be refused. */
export async function checkPasswordLink({
  ctx,
  input,
}: {
  ctx: SetupContext;
  input: CheckPasswordLinkInput;
}): Promise<{ readonly email: string; readonly purpose: 'invitation' | 'reset' } | null> {
  const { token } = CheckPasswordLinkInput.parse(input);
  const link = await findPasswordLink(ctx.db, linkTokenHash(token), ctx.clock.now());
  return link === null ? null : { email: link.user.email, purpose: link.purpose };
}
