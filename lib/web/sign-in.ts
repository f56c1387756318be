import 'server-only';
import NextAuth from 'next-auth';
import { createAuthConfig, ENTRA_PROVIDER_ID, type EntraProviderSettings, SignInProblem } from '#lib/auth/auth-config.ts';
import { safeCallbackPath } from '#lib/domain/callback-path.ts';
import type { Env } from '#lib/platform/env.ts';
import { AppError } from '#lib/platform/errors.ts';
import { composition } from './composition.ts';

/** Read per request, so that building the app needs no environment. */
const nextAuth = NextAuth(() => {
  const { services, session, attempts, env } = composition();
  return createAuthConfig({
    db: services.db,
    clock: services.clock,
    log: services.log,
    attempts,
    session,
    entra: entraSettings(env),
  });
});

/** For `app/api/auth/[...nextauth]/route.ts`. */
export const authHandlers = nextAuth.handlers;

/** Which ways in the sign-in page offers. */
export function signInOptions(): { readonly entra: boolean } {
  return { entra: entraSettings(composition().env) !== null };
}

/**
 * Signs in with a local account, inside a public action. The caller redirects to the answer.
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
  return { redirectTo: safeCallbackPath(input.callbackUrl) };
}

/** Sends the person to Microsoft Entra ID (redirects). */
export async function signInWithEntra(callbackUrl?: string): Promise<never> {
  return nextAuth.signIn(ENTRA_PROVIDER_ID, { redirectTo: safeCallbackPath(callbackUrl) });
}

/** Ends the session and goes to the sign-in page (redirects). */
export async function signOutHere(): Promise<never> {
  return nextAuth.signOut({ redirectTo: '/sign-in' });
}

/** Entra is offered for one tenant only: with `common` everybody on earth with a Microsoft account would be let in. */
function entraSettings(env: Env): EntraProviderSettings | null {
  const { AUTH_MICROSOFT_ENTRA_ID_ID: clientId, AUTH_MICROSOFT_ENTRA_ID_SECRET: clientSecret } = env;
  const issuer = env.AUTH_MICROSOFT_ENTRA_ID_ISSUER;
  if (clientId === undefined || clientSecret === undefined || issuer === undefined) return null;
  return /\/(common|organizations|consumers)\//.test(`${new URL(issuer).pathname}/`) ? null : { clientId, clientSecret, issuer };
}
