import { createHash } from 'node:crypto';
import { getToken } from 'next-auth/jwt';
import { z } from 'zod';
import type { Role } from '#lib/domain/role.ts';
import type { Db } from '#lib/platform/db.ts';
import { findUserByApiToken } from '#lib/store/api-tokens.ts';
import { findUserById, type UserRow } from '#lib/store/users.ts';

export const SESSION_SECONDS = 8 * 3600;

/** How the session cookie is sealed. `secure`: the app is reached over https, so the cookie has the `__Secure-` name (RFC 6265bis). */
export interface SessionSettings {
  readonly secret: string;
  readonly secure: boolean;
}

export function sessionCookieName(secure: boolean): string {
  return `${secure ? '__Secure-' : ''}authjs.session-token`;
}

/** What a session cookie says. */
export interface Session {
  readonly userId: string;
  /** The person's session epoch when it was made; a later one ends it. */
  readonly epoch: number;
}

const SessionToken = z.object({ sub: z.string(), epoch: z.number().default(0) });

/** The session of a valid cookie, or null. Says nothing about whether the person may still come in. */
export async function readSession(headers: Headers, settings: SessionSettings): Promise<Session | null> {
  const token = await getToken({
    req: { headers },
    secret: settings.secret,
    secureCookie: settings.secure,
    cookieName: sessionCookieName(settings.secure),
    salt: sessionCookieName(settings.secure),
  });
  const read = SessionToken.safeParse(token);
  return read.success ? { userId: read.data.sub, epoch: read.data.epoch } : null;
}

/**
 * Who sends the request, read from the database now: a disabled or deleted person is out at once, who got a new password is out with
 * every session of before, and the role is the current one. Null for the signed-out.
 */
export async function requestActor(db: Db, headers: Headers, settings: SessionSettings, now: Date): Promise<UserActor | null> {
  const bearer = /^Bearer (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) return toActor(await findUserByApiToken(db, hashToken(bearer), now));
  const session = await readSession(headers, settings);
  return session === null ? null : toActor(await findSessionUser(db, session));
}

/** The person of a session that has not ended. */
async function findSessionUser(db: Db, session: Session): Promise<UserRow | null> {
  const user = await findUserById(db, session.userId);
  return user?.sessionEpoch === session.epoch ? user : null;
}

/** API tokens and set-up tokens have 256 random bits: a plain digest is enough (no dictionary to try). */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** A person who is signed in now. */
export interface UserActor {
  readonly type: 'user';
  readonly userId: string;
  readonly email: string;
  readonly role: Role;
}

function toActor(user: UserRow | null): UserActor | null {
  return user === null || user.disabled ? null : { type: 'user', userId: user.id, email: user.email, role: user.role };
}
