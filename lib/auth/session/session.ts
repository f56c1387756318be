import { createHash, randomBytes } from 'node:crypto';
import { getToken } from 'next-auth/jwt';
import { z } from 'zod';
import type { ApiTokenActor, UserActor } from '#lib/domain/account/actor.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { findOpenApiToken } from '#lib/store/account/api-tokens.ts';
import { findOpenSession, insertSession, recordSessionUse, type SessionLimits } from '#lib/store/account/sessions.ts';
import { signInWays, type UserRow } from '#lib/store/account/users.ts';

/** How the session cookie is sealed. `secure`: the app is reached over https, so the cookie has the `__Host-` name (RFC 6265bis section 4.1.3.2). */
export interface SessionSettings {
  readonly secret: string;
  readonly secure: boolean;
  readonly limits: SessionLimits;
}

export function sessionCookieName(secure: boolean): string {
  return `${secure ? '__Host-' : ''}authjs.session-token`;
}

/** What a session cookie holds, sealed. */
export const SessionToken = z.object({
  sub: z.string(),
  /** The session's id; the database holds its digest. */
  sid: z.string(),
  /** When the person proved who they are, seconds since 1970 (OpenID Connect Core, section 2). */
  auth_time: z.number(),
});
export type SessionToken = z.infer<typeof SessionToken>;

const SESSION_ID_BYTES = 32;

/**
 * Begins a session on the server; its cookie is to hold the answer.
 * @param person.epoch their session epoch when they proved who they are.
 * @returns null when the person may not come in any more.
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

/** What a valid cookie holds, or null. Says nothing about whether the session is still open. */
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

/** Somebody who sends a request of the API. */
export type ApiActor = SignedInActor | ApiTokenActor;

/** A person who is signed in now. */
export interface SignedInActor extends UserActor {
  /** By which ways they can prove again who they are. */
  readonly signInWith: readonly ('password' | 'entra')[];
}

/** A look at who sends a request. `silent`: not something that the person does, so it keeps no session open. */
export interface SessionReadOptions {
  readonly now: Date;
  readonly silent?: boolean;
}

/**
 * Who sends a request of a browser, by its cookie alone: an API token counts in the API only. Read from the database now: an ended
 * session, a disabled or deleted person are out at once, and the role is the current one. Null for the signed-out.
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
  return { kind: 'user', ...personOf(user), sessionHash, authTime, signInWith: signInWays(user) };
}

/** Who sends a request of the API: by its bearer token when it has one, right or wrong (RFC 6750), else by its cookie. */
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

/** Session ids, API tokens and the tokens of links have 256 random bits: a plain digest is enough (no dictionary to try). */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function personOf({ id, email, role }: UserRow) {
  return { userId: id, email, role };
}
