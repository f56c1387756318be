import { createHash, randomBytes } from 'node:crypto';
import { getToken } from 'next-auth/jwt';
import { z } from 'zod';
import type { ApiTokenActor, UserActor } from '#lib/domain/account/actor.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { findOpenApiToken } from '#lib/store/account/api-tokens.ts';
import { findOpenSession, insertSession, recordSessionUse, type SessionLimits } from '#lib/store/account/sessions.ts';
import { signInMethodsOf, type UserRow } from '#lib/store/account/users.ts';

/** Settings of the session cookie. `secure`: the app is reached over HTTPS, so the cookie has the `__Host-` prefix (RFC 6265bis section 4.1.3.2). */
export interface SessionSettings {
  readonly secret: string;
  readonly secure: boolean;
  readonly limits: SessionLimits;
}

export function sessionCookieName(secure: boolean): string {
  return `${secure ? '__Host-' : ''}authjs.session-token`;
}

/** Content of a session cookie, which is encrypted. */
export const SessionToken = z.object({
  sub: z.string(),
  /** The session id; the database stores its digest. */
  sid: z.string(),
  /** Time of authentication, seconds since 1970 (OpenID Connect Core, section 2). */
  auth_time: z.number(),
});
export type SessionToken = z.infer<typeof SessionToken>;

const SESSION_ID_BYTES = 32;

/**
 * Starts a session on the server. The returned token is the content of its cookie.
 * @param person.epoch the session epoch that was read during authentication.
 * @returns null when the person may no longer sign in.
 */
export async function beginSession(
  db: Db,
  person: { readonly id: string; readonly epoch: number },
  { authTime, now }: { readonly authTime: Date; readonly now: Date },
): Promise<SessionToken | null> {
  const sid = randomBytes(SESSION_ID_BYTES).toString('base64url');
  const begun = await insertSession(db, { idHash: hashToken(sid), userId: person.id, epoch: person.epoch, authTime, now });
  return begun ? { sub: person.id, sid, auth_time: Math.floor(authTime.getTime() / 1000) } : null;
}

/** Content of a valid cookie, or null. Does not check whether the session is still open. */
export async function readSession(
  headers: Headers,
  settings: Pick<SessionSettings, 'secret' | 'secure'>,
): Promise<SessionToken | null> {
  const token = await getToken({
    req: { headers },
    secret: settings.secret,
    secureCookie: settings.secure,
    cookieName: sessionCookieName(settings.secure),
    salt: sessionCookieName(settings.secure),
  });
  return SessionToken.safeParse(token).data ?? null;
}

/** The actor of an API request. */
export type ApiActor = SignedInActor | ApiTokenActor;

/** A person with an open session. */
export interface SignedInActor extends UserActor {
  /** Ways to authenticate again. */
  readonly signInWith: readonly ('password' | 'entra')[];
}

/** `silent`: the request is not an action of the person, so it does not extend the session. */
export interface SessionReadOptions {
  readonly now: Date;
  readonly silent?: boolean;
}

/**
 * The actor of a browser request, identified only by its cookie: API tokens are valid only for the API. Reads the database: an ended
 * session, a disabled or a deleted person takes effect at once, and the role is the current one. Null when signed out.
 */
export async function sessionActor(
  db: Db,
  headers: Headers,
  settings: SessionSettings,
  { now, silent = false }: SessionReadOptions,
): Promise<SignedInActor | null> {
  const token = await readSession(headers, settings);
  if (token === null) return null;
  const session = await findOpenSession(db, hashToken(token.sid), { limits: settings.limits, now });
  if (session === null || session.user.id !== token.sub) return null;
  if (!silent) await recordSessionUse(db, session, now);
  const { idHash: sessionHash, authTime, user } = session;
  return { kind: 'user', ...personOf(user), sessionHash, authTime, signInWith: signInMethodsOf(user) };
}

/** The actor of an API request: by its bearer token when it has one, valid or not (RFC 6750), else by its cookie. */
export async function apiActor(
  db: Db,
  headers: Headers,
  settings: SessionSettings,
  look: SessionReadOptions,
): Promise<ApiActor | null> {
  const bearer = /^Bearer (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (bearer === undefined) return sessionActor(db, headers, settings, look);
  const token = await findOpenApiToken(db, hashToken(bearer), { now: look.now, silent: look.silent ?? false });
  if (token === null || token.user.disabled) return null;
  const { scopes, connectionId } = token;
  return { kind: 'apiToken', ...personOf(token.user), tokenId: token.id, tokenName: token.name, scopes, connectionId };
}

/** Session ids, API tokens and link tokens have 256 random bits, so a plain digest suffices (no dictionary attack is possible). */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function personOf({ id, email, role }: UserRow) {
  return { userId: id, email, role };
}
