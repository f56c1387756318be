import { z } from 'zod';
import { userRef } from '#lib/domain/account/actor.ts';
import { Password, type UserDto } from '#lib/domain/account/user.ts';
import type { SetupContext } from '#lib/services/setup/setup-context.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { consumePasswordLink, findPasswordLink } from '#lib/store/account/password-links.ts';
import { toUserDto } from '#lib/store/account/users.ts';
import { checkNewPassword } from './check-new-password.ts';
import { linkTokenHash, passwordLinkRefused } from './password-link.ts';
import { replacePassword } from './replace-password.ts';

export const SetPasswordByLinkInput = z.object({ token: z.string().trim().min(1).max(200), password: Password });
export type SetPasswordByLinkInput = z.input<typeof SetPasswordByLinkInput>;

/** Time limit of the transaction, milliseconds. Hashing takes a fraction of a second, for which a second request with the same link waits. */
const TRANSACTION_MS_MAX = 15_000;

/**
 * Sets the password of the person of the link, once; ends their sessions. Checks the link before the costly hashing.
 * @throws ConflictError `password-link-refused`; InvalidInputError `common-password`.
 */
export async function setPasswordByLink({ ctx, input }: { ctx: SetupContext; input: SetPasswordByLinkInput }): Promise<UserDto> {
  const { token, password } = SetPasswordByLinkInput.parse(input);
  const tokenHash = linkTokenHash(token);
  return ctx.db.$transaction(
    async (tx) => {
      const now = ctx.clock.now();
      const link = await findPasswordLink(tx, tokenHash, now);
      if (link === null) throw passwordLinkRefused();
      checkNewPassword(password, link.user);
      if (!(await consumePasswordLink(tx, tokenHash, now))) throw passwordLinkRefused();
      const user = await replacePassword(tx, link.user.id, password);
      const action = link.purpose === 'invitation' ? 'user.accept-invitation' : 'user.set-password';
      await appendAudit(tx, { actor: userRef(user), action, subjectId: user.id, at: now });
      return toUserDto(user);
    },
    { timeout: TRANSACTION_MS_MAX, maxWait: TRANSACTION_MS_MAX },
  );
}
