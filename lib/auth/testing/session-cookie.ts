import { encode } from 'next-auth/jwt';
import type { Db } from '#lib/platform/postgres/db.ts';
import { findUserById } from '#lib/store/account/users.ts';
import { beginSession, type SessionSettings, sessionCookieName } from '../session/session.ts';

export const TEST_SESSION: SessionSettings = {
  secret: 'a-secret-of-more-than-thirty-two-characters',
  secure: false,
  limits: { absoluteMs: 12 * 3_600_000, idleMs: 2 * 3_600_000 },
};

/** Signs a person in at `now`; returns the cookie header of their browser. */
export async function signInForTest(db: Db, userId: string, now: Date): Promise<string> {
  const user = await findUserById(db, userId);
  if (user === null) throw new Error(`there is no ${userId}`);
  const token = await beginSession(db, { id: userId, epoch: user.sessionEpoch }, { authTime: now, now });
  if (token === null) throw new Error(`${userId} may not come in`);
  return sealForTest(token);
}

/** A cookie header with `token`, encrypted. */
export async function sealForTest(token: object, secret = TEST_SESSION.secret, maxAge = 3600): Promise<string> {
  const name = sessionCookieName(TEST_SESSION.secure);
  return `${name}=${await encode({ secret, salt: name, maxAge, token: { ...token } })}`;
}
