import { z } from 'zod';
import { userRef } from '#lib/domain/account/actor.ts';
import { Email, Password, PersonName, type UserDto } from '#lib/domain/account/user.ts';
import { hashPassword } from '#lib/platform/crypto/password.ts';
import { newId } from '#lib/platform/id.ts';
import { checkNewPassword } from '#lib/services/password/check-new-password.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { consumeSetupToken } from '#lib/store/account/setup-tokens.ts';
import { countUsers, insertUser, lockFirstUser, toUserDto } from '#lib/store/account/users.ts';
import { alreadySetUp, type SetupContext, setupLinkRefused, setupTokenHash } from './setup-context.ts';

export const CreateFirstUserInput = z.object({
  token: z.string().trim().min(1).max(200),
  email: Email,
  name: PersonName,
  password: Password,
});
export type CreateFirstUserInput = z.input<typeof CreateFirstUserInput>;

/**
 * Creates the first account, an administrator, by the set-up link.
 * @throws ConflictError `set-up-already`, `setup-link-refused`; InvalidInputError `common-password`.
 */
export async function createFirstUser({ ctx, input }: { ctx: SetupContext; input: CreateFirstUserInput }): Promise<UserDto> {
  const { token, email, name, password } = CreateFirstUserInput.parse(input);
  checkNewPassword(password, { email });
  return ctx.db.$transaction(async (tx) => {
    await lockFirstUser(tx);
    if ((await countUsers(tx)) > 0) throw alreadySetUp();
    if (!(await consumeSetupToken(tx, setupTokenHash(token), ctx.clock.now()))) throw setupLinkRefused();
    // Hashed after the token was checked: hashing is costly, and anyone can send invalid tokens.
    const passwordHash = await hashPassword(password);
    const user = await insertUser(tx, { id: newId('user'), email, name, role: 'admin', passwordHash, entraObjectId: null });
    await appendAudit(tx, { actor: userRef(user), action: 'user.create-first', subjectId: user.id, at: ctx.clock.now() });
    return toUserDto(user);
  });
}
