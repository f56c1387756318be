import 'server-only';
import { readFileSync } from 'node:fs';
import { cookies, headers } from 'next/headers';
import NextAuth from 'next-auth';
import { createAuthConfig, ENTRA_PROVIDER_ID, SignInProblem } from '#lib/auth/auth-config.ts';
import { parseAdmission } from '#lib/auth/entra/entra-admission.ts';
import { createEntraProvider, type EntraProvider } from '#lib/auth/entra/entra-sign-in.ts';
import { createIssuerFetch } from '#lib/auth/entra/issuer-fetch.ts';
import { checkPassword, type GivenPassword } from '#lib/auth/password/check-password.ts';
import { clientAddress } from '#lib/auth/session/client-address.ts';
import { DEVICE_COOKIE_SECONDS, deviceCookieName, makeDeviceCookie, readDeviceCookie } from '#lib/auth/session/device-cookie.ts';
import { safeCallbackPath } from '#lib/domain/connection/callback-path.ts';
import { type Env, proxyOf } from '#lib/platform/config/env.ts';
import { AppError, InvalidInputError } from '#lib/platform/errors.ts';
import { recordAuthTime } from '#lib/store/account/sessions.ts';
import { findUserByEmail } from '#lib/store/account/users.ts';
import { composition } from './composition.ts';
import type { UserContext } from './context.ts';

/** Created per request, since the build has no environment. */
const nextAuth = NextAuth(() => {
  const { services, session, attempts, env } = composition();
  return createAuthConfig({
    db: services.db,
    clock: services.clock,
    log: services.log,
    attempts,
    session,
    entra: entraProvider(env),
  });
});

/** Handlers of `app/api/auth/[...nextauth]/route.ts`. */
export const authHandlers = nextAuth.handlers;

/** The sign-in methods that the sign-in page offers. */
export function signInOptions(): { readonly entra: boolean } {
  return { entra: entraProvider(composition().env) !== null };
}

/**
 * Signs in with a local account, within a public action. The caller redirects to the returned path.
 * @throws AppError `sign-in-refused` or `too-many-sign-ins`.
 */
export async function signInWithPassword(input: {
  readonly email: string;
  readonly password: string;
  readonly callbackUrl?: string | undefined;
}): Promise<{ readonly redirectTo: string }> {
  try {
    await nextAuth.signIn('credentials', { email: input.email, password: input.password, redirect: false });
  } catch (error) {
    if (error instanceof SignInProblem) throw new AppError(error.problem, { cause: error });
    throw error;
  }
  await rememberDevice(input.email);
  return { redirectTo: safeCallbackPath(input.callbackUrl) };
}

/** Sets the device cookie: failures of other browsers no longer delay this one. */
async function rememberDevice(email: string): Promise<void> {
  const { services, session } = composition();
  const user = await findUserByEmail(services.db, email.trim().toLowerCase());
  const jar = await cookies();
  const name = deviceCookieName(session.secure);
  if (user === null || readDeviceCookie(jar.get(name)?.value, user.id, session.secret) !== null) return;
  jar.set(name, makeDeviceCookie(user.id, session.secret), {
    httpOnly: true,
    sameSite: 'lax',
    secure: session.secure,
    path: '/',
    maxAge: DEVICE_COOKIE_SECONDS,
  });
}

/**
 * Checks the password of a signed-in person again, which makes their session fresh. Keeps the cookie: a new one would render the page again
 * during the person's action.
 * @throws InvalidInputError `wrong-password`; ConflictError `too-many-sign-ins`.
 */
export async function signInAgain(ctx: UserContext, password: string): Promise<void> {
  const { sessionHash, authTime } = (await provePassword(ctx, password)).actor;
  await recordAuthTime(ctx.db, sessionHash, authTime);
}

/** The context of a person after their password was checked again. @throws like signInAgain */
export async function provePassword(ctx: UserContext, password: string): Promise<UserContext> {
  const { services, session, attempts } = composition();
  const request = await headers();
  const device = { cookie: (await cookies()).get(deviceCookieName(session.secure))?.value, secret: session.secret };
  const given: GivenPassword = { email: ctx.actor.email, password, ip: clientAddress(request), device };
  await ownPassword(checkPassword({ db: services.db, clock: services.clock, attempts }, given));
  return { ...ctx, actor: { ...ctx.actor, authTime: services.clock.now() } };
}

/** A signed-in person gets the specific problem instead of the uniform answer. */
async function ownPassword(checking: Promise<unknown>): Promise<void> {
  try {
    await checking;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'sign-in-refused') throw error;
    const problem = { code: 'wrong-password', title: 'The password is wrong.', fixer: 'you', field: 'current' } as const;
    throw new InvalidInputError(problem, { cause: error });
  }
}

/** Redirects to the sign-in of Microsoft Entra ID. */
export async function signInWithEntra(callbackUrl?: string): Promise<never> {
  return nextAuth.signIn(ENTRA_PROVIDER_ID, { redirectTo: safeCallbackPath(callbackUrl) });
}

/**
 * URL at which Microsoft asks for the credentials again despite an existing session (OpenID Connect Core, section 3.1.2.1). The page navigates
 * there itself: a redirect from an action would wait for other requests of the page, and those wait for the sign-in.
 */
export async function signInAgainWithEntra(callbackUrl?: string): Promise<{ readonly redirectTo: string }> {
  const again = { prompt: 'login', max_age: '0' };
  const options = { redirectTo: safeCallbackPath(callbackUrl), redirect: false } as const;
  return { redirectTo: String(await nextAuth.signIn(ENTRA_PROVIDER_ID, options, again)) };
}

/** Ends the session and redirects to the sign-in page. */
export async function signOutHere(): Promise<never> {
  return nextAuth.signOut({ redirectTo: '/sign-in' });
}

let entra: EntraProvider | null | undefined;

function entraProvider(settings: Env): EntraProvider | null {
  entra ??= openEntraProvider(settings);
  return entra;
}

/** Entra sign-in is allowed for a single tenant only: with `common`, anyone with a Microsoft account could sign in. */
function openEntraProvider(settings: Env): EntraProvider | null {
  const { AUTH_MICROSOFT_ENTRA_ID_ID: clientId, AUTH_MICROSOFT_ENTRA_ID_SECRET: clientSecret } = settings;
  const issuer = settings.AUTH_MICROSOFT_ENTRA_ID_ISSUER;
  if (clientId === undefined || clientSecret === undefined || issuer === undefined) return null;
  if (/\/(common|organizations|consumers)\//.test(`${new URL(issuer).pathname}/`)) return null;
  const caFile = settings.ENTRADA_EXTRA_CA_FILE;
  const proxy = proxyOf(settings);
  return createEntraProvider({
    clientId,
    clientSecret,
    issuer,
    admission: parseAdmission(settings.ENTRADA_ENTRA_ALLOW, settings.ENTRADA_ENTRA_GUESTS),
    fetch: createIssuerFetch(issuer, {
      extraCaPem: caFile === undefined ? null : readFileSync(caFile, 'utf8'),
      ...(proxy === null ? {} : { proxy }),
    }),
  });
}
