import { CredentialsSignin, type NextAuthConfig } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import MicrosoftEntraID from 'next-auth/providers/microsoft-entra-id';
import { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { deleteSession, findOpenSession } from '#lib/store/account/sessions.ts';
import { findUserByEntraObjectId } from '#lib/store/account/users.ts';
import { type CheckPasswordDeps, checkPassword } from './check-password.ts';
import { clientAddress } from './client-address.ts';
import { deviceCookieName } from './device-cookie.ts';
import { entraAccount } from './entra-account.ts';
import { AdmissionClaims, type EntraAdmission, isAdmitted } from './entra-admission.ts';
import { readCookie } from './read-cookie.ts';
import { beginSession, hashToken, type SessionSettings, SessionToken } from './session.ts';

export const ENTRA_PROVIDER_ID = 'microsoft-entra-id';

/** The optional second way in. */
export interface EntraProviderSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `https://…/<tenant>/v2.0`: one tenant. */
  readonly issuer: string;
  /** Who of the tenant may come in; somebody new is a viewer. */
  readonly admission: EntraAdmission;
}

export interface AuthDeps extends CheckPasswordDeps {
  readonly log: Log;
  readonly session: SessionSettings;
  readonly entra: EntraProviderSettings | null;
}

/** Carries the problem of a refused password through next-auth, which lets its own class pass unchanged. */
export class SignInProblem extends CredentialsSignin {
  readonly problem: Problem;
  constructor(problem: Problem, options: { cause: unknown }) {
    super(problem.title, options);
    this.code = problem.code;
    this.problem = problem;
  }
}

const PasswordForm = z.object({ email: z.string().max(254), password: z.string().max(256) });

const EntraClaims = AdmissionClaims.extend({
  oid: z.string(),
  email: z.string().optional(),
  preferred_username: z.string().optional(),
  name: z.string().optional(),
  /** When the person signed in there, seconds since 1970; an optional claim of the app registration. */
  auth_time: z.number().optional(),
});

/** What passwordProvider gives to the `jwt` callback. */
const SignedIn = z.object({ id: z.string(), epoch: z.number() });

/** next-auth for Entrada: local accounts, and Microsoft Entra ID where it is configured. The cookie is sealed and holds the id of a session on the server. */
export function createAuthConfig(deps: AuthDeps): NextAuthConfig {
  return {
    secret: deps.session.secret,
    trustHost: true,
    useSecureCookies: deps.session.secure,
    session: { strategy: 'jwt', maxAge: Math.ceil(deps.session.limits.absoluteMs / 1000) },
    // A wrong password is no error of ours, and next-auth would print its stack.
    logger: {
      error: (error) =>
        error instanceof CredentialsSignin ? deps.log.debug('sign-in refused') : deps.log.error({ err: error }, 'sign-in'),
      warn: (code) => deps.log.debug({ code }, 'sign-in'),
    },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    providers: [passwordProvider(deps), ...(deps.entra === null ? [] : [entraProvider(deps.entra)])],
    callbacks: {
      async signIn({ account, profile }) {
        if (account?.provider !== ENTRA_PROVIDER_ID) return true;
        const claims = EntraClaims.safeParse(profile);
        const email = claims.data?.email ?? claims.data?.preferred_username;
        if (!claims.success || email === undefined || deps.entra === null) return false;
        const known = await findUserByEntraObjectId(deps.db, claims.data.oid);
        if (!isAdmitted(claims.data, deps.entra.admission, known !== null)) return false;
        return (await entraAccount(deps, { objectId: claims.data.oid, email, name: claims.data.name ?? null })) !== null;
      },
      async jwt({ token, user, account, profile }) {
        if (account?.provider === ENTRA_PROVIDER_ID) return beginEntraSession(deps, EntraClaims.parse(profile));
        const now = deps.clock.now();
        if (account !== null && account !== undefined) return beginSession(deps.db, SignedIn.parse(user), { authTime: now, now });
        return (await isOpen(deps, token)) ? token : null;
      },
      redirect({ url, baseUrl }) {
        return url.startsWith('/') ? `${baseUrl}${url}` : new URL(url).origin === baseUrl ? url : baseUrl;
      },
    },
    events: {
      // Whatever way somebody signs out, the session ends here and not only in their browser.
      async signOut(message) {
        const token = SessionToken.safeParse('token' in message ? message.token : null);
        if (token.success) await deleteSession(deps.db, hashToken(token.data.sid));
      },
    },
  };
}

/**
 * Somebody whom Microsoft vouches for. They proved who they are when the claim says so; without it, now, which `prompt=login` makes true
 * where it matters.
 */
async function beginEntraSession(deps: AuthDeps, claims: z.output<typeof EntraClaims>): Promise<SessionToken | null> {
  const person = await findUserByEntraObjectId(deps.db, claims.oid);
  if (person === null) return null;
  const now = deps.clock.now();
  const authTime = claims.auth_time === undefined ? now : new Date(Math.min(claims.auth_time * 1000, now.getTime()));
  return beginSession(deps.db, { id: person.id, epoch: person.sessionEpoch }, { authTime, now });
}

async function isOpen({ db, clock, session }: AuthDeps, token: unknown): Promise<boolean> {
  const read = SessionToken.safeParse(token);
  if (!read.success) return false;
  return (await findOpenSession(db, hashToken(read.data.sid), { limits: session.limits, now: clock.now() })) !== null;
}

function passwordProvider(deps: AuthDeps) {
  return Credentials({
    credentials: { email: {}, password: {} },
    async authorize(credentials, request) {
      const { email, password } = PasswordForm.parse(credentials);
      try {
        const { secret, secure } = deps.session;
        const device = { cookie: readCookie(request.headers, deviceCookieName(secure)), secret };
        const user = await checkPassword(deps, { email, password, ip: clientAddress(request.headers), device });
        return { id: user.id, epoch: user.sessionEpoch };
      } catch (error) {
        if (error instanceof AppError) throw new SignInProblem(error.problem, { cause: error });
        throw error;
      }
    },
  });
}

/** Its own `profile`, because the provider's asks the public Graph for a photo, and fails without internet. */
function entraProvider(settings: EntraProviderSettings) {
  return MicrosoftEntraID({
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    issuer: settings.issuer,
    authorization: { params: { scope: 'openid profile email' } },
    profile: (claims) => ({ id: claims.sub, name: claims.name, email: claims.email ?? claims.preferred_username, image: null }),
  });
}
