import { userRef } from '#lib/domain/account/actor.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { verifyDummyPassword, verifyPassword } from '#lib/platform/crypto/password.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { findUserByEmail, recordSignIn, type UserRow } from '#lib/store/account/users.ts';
import { readDeviceCookie } from '../session/device-cookie.ts';
import { SignInRefusedError } from '../sign-in-problem.ts';
import type { SignInAttempts } from './attempts.ts';

export interface CheckPasswordDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly attempts: SignInAttempts;
}

/** The entered credentials and their origin. */
export interface GivenPassword {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
  /** The browser's device cookie (device-cookie.ts) and the key of its HMAC. */
  readonly device?: { readonly cookie: string | undefined; readonly secret: string };
}

/**
 * The person with this e-mail address and password.
 * @throws SignInRefusedError with the same answer, after the same amount of work, whichever part is wrong.
 * @throws ConflictError `too-many-sign-ins`, before that work.
 */
export async function checkPassword(deps: CheckPasswordDeps, given: GivenPassword): Promise<UserRow> {
  const email = given.email.trim().toLowerCase();
  const user = await findUserByEmail(deps.db, email);
  const device =
    user === null || given.device === undefined ? null : readDeviceCookie(given.device.cookie, user.id, given.device.secret);
  const attempt = { email, ip: given.ip, device };
  await deps.attempts.spend(attempt);
  const right =
    user === null || user.passwordHash === null || user.disabled
      ? await verifyDummyPassword(given.password)
      : await verifyPassword(given.password, user.passwordHash);
  if (!right || user === null) throw new SignInRefusedError();
  await deps.attempts.forgive(attempt);
  await recordSignIn(deps.db, user.id, deps.clock.now());
  await appendAudit(deps.db, { actor: userRef(user), action: 'user.sign-in', subjectId: user.id, at: deps.clock.now() });
  return user;
}
