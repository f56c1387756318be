import { actorRef } from '#lib/domain/account/actor.ts';
import { Email, Password } from '#lib/domain/account/user.ts';
import { hashPassword } from '#lib/platform/crypto/password.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { checkNewPassword } from '#lib/services/password/check-new-password.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { countUsers, insertUser, lockFirstUser } from '#lib/store/account/users.ts';
import type { SetupContext } from './setup-context.ts';

/**
 * Creates the administrator of ENTRADA_ADMIN_EMAIL and ENTRADA_ADMIN_PASSWORD while there is no account; an existing account is
 * never changed, so that a restart does not reset a password. Several concurrent processes create one account.
 * @returns whether it was created.
 * @throws InvalidInputError that names the variable.
 */
export async function ensureFirstAdmin({
  ctx,
  input,
}: {
  ctx: SetupContext;
  input: { readonly email: string; readonly password: string };
}): Promise<{ readonly created: boolean }> {
  if ((await countUsers(ctx.db)) > 0) return { created: false };
  const email = Email.parse(input.email);
  const password = firstPassword(input.password, email);
  const passwordHash = await hashPassword(password);
  return ctx.db.$transaction(async (tx) => {
    await lockFirstUser(tx);
    if ((await countUsers(tx)) > 0) return { created: false };
    const user = await insertUser(tx, { id: newId('user'), email, name: null, role: 'admin', passwordHash, entraObjectId: null });
    await appendAudit(tx, {
      actor: actorRef({ kind: 'job', jobName: 'setup' }),
      action: 'user.create-first',
      subjectId: user.id,
      at: ctx.clock.now(),
    });
    return { created: true };
  });
}

function firstPassword(password: string, email: string): string {
  const parsed = Password.safeParse(password);
  if (!parsed.success) {
    const title = `ENTRADA_ADMIN_PASSWORD is not a valid password. ${parsed.error.issues[0]?.message ?? ''}`;
    throw new InvalidInputError({
      code: 'admin-password',
      title,
      remedy: 'Set another password and start Entrada again.',
      fixer: 'operator',
    });
  }
  checkNewPassword(password, { email });
  return password;
}
