import { randomBytes } from 'node:crypto';
import { replaceSetupToken } from '#lib/store/account/setup-tokens.ts';
import { countUsers, lockFirstUser } from '#lib/store/account/users.ts';
import { type SetupContext, setupTokenHash } from './setup-context.ts';

const TOKEN_BYTES = 32;
const TOKEN_HOURS = 24;

/**
 * Creates a token for `<base URL>/setup?token=…`, which creates the first account: valid for 24 hours, once, and only while there is no account.
 * The database stores its digest. Earlier tokens become invalid.
 * @returns null when an account exists already.
 */
export async function createSetupToken({ ctx }: { ctx: SetupContext }): Promise<{ token: string; expiresAt: string } | null> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = new Date(ctx.clock.now().getTime() + TOKEN_HOURS * 3600_000);
  return ctx.db.$transaction(async (tx) => {
    await lockFirstUser(tx);
    if ((await countUsers(tx)) > 0) return null;
    await replaceSetupToken(tx, setupTokenHash(token), expiresAt);
    return { token, expiresAt: expiresAt.toISOString() };
  });
}
