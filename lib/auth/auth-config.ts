import { CredentialsSignin, customFetch, type NextAuthConfig, type Profile } from 'next-auth';
import type { OIDCConfig } from 'next-auth/providers';
import Credentials from 'next-auth/providers/credentials';
import { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { deleteSession, findOpenSession } from '#lib/store/account/sessions.ts';
import { findUserByEntraObjectId } from '#lib/store/account/users.ts';
import { admitByEntra, EntraClaims, type EntraProvider } from './entra/entra-sign-in.ts';
import { type CheckPasswordDeps, checkPassword } from './password/check-password.ts';
import { clientAddress } from './session/client-address.ts';
import { deviceCookieName } from './session/device-cookie.ts';
import { readCookie } from './session/read-cookie.ts';
import { beginSession, hashToken, type SessionSettings, SessionToken, sessionCookieName } from './session/session.ts';

export const ENTRA_PROVIDER_ID = 'microsoft-entra-id';

export interface AuthDeps extends CheckPasswordDeps {
  readonly log: Log;
  readonly session: SessionSettings;
  /** Sign-in with Microsoft Entra ID; null when it is not configured. */
  readonly entra: EntraProvider | null;
}

/** Carries the problem of a refused password through next-auth, which passes on this class unchanged. */
export class SignInProblem extends CredentialsSignin {
  readonly problem: Problem;
  constructor(problem: Problem, options: { cause: unknown }) {
    super(problem.title, options);
    this.code = problem.code;
    this.problem = problem;
  }
}

const PasswordForm = z.object({ email: z.string().max(254), password: z.string().max(256) });

/** What passwordProvider passes to the `jwt` callback. */
const SignedIn = z.object({ id: z.string(), epoch: z.number() });

/**
 * The configuration of next-auth: local accounts, and Microsoft Entra ID when configured. The encrypted cookie holds the id of a session on the
 * server.
 */
export function createAuthConfig(deps: AuthDeps): NextAuthConfig {
  return {
    secret: deps.session.secret,
    trustHost: true,
    useSecureCookies: deps.session.secure,
    // Bound to this host and all of its paths: a sibling host could set a cookie with the library's default name.
    cookies: { sessionToken: { name: sessionCookieName(deps.session.secure) } },
    session: { strategy: 'jwt', maxAge: Math.ceil(deps.session.limits.absoluteMs / 1000) },
    // A wrong password is not an error of the application, and next-auth would print a stack trace.
    logger: {
      error: (error) =>
        error instanceof CredentialsSignin ? deps.log.info('sign-in refused') : deps.log.error({ err: error }, 'sign-in'),
      warn: (code) => deps.log.debug({ code }, 'sign-in'),
    },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    providers: [passwordProvider(deps), ...(deps.entra === null ? [] : [entraProvider(deps.entra)])],
    callbacks: {
      async signIn({ account }) {
        if (account?.provider !== ENTRA_PROVIDER_ID) return true;
        if (deps.entra === null) return false;
        const refusal = await admitByEntra({ ...deps, entra: deps.entra }, account.id_token);
        return refusal === null ? true : `/sign-in?error=${refusal}`;
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
      // Ends the session on the server as well, for every way of signing out.
      async signOut(message) {
        const token = SessionToken.safeParse('token' in message ? message.token : null);
        if (token.success) await deleteSession(deps.db, hashToken(token.data.sid));
      },
    },
  };
}

/**
 * Starts a session for a person that Microsoft authenticated. The time of authentication is the claim `auth_time`; without the claim it is now, which
 * is
 * correct after `prompt=login`, where the time matters.
 */
async function beginEntraSession(deps: AuthDeps, claims: EntraClaims): Promise<SessionToken | null> {
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

/**
 * Microsoft Entra ID as a plain OpenID provider. The library's own provider requests a photo from the public Graph, and
 * adapts the metadata for issuers of several tenants.
 */
function entraProvider({ clientId, clientSecret, issuer, fetch }: EntraProvider): OIDCConfig<Profile> {
  return {
    id: ENTRA_PROVIDER_ID,
    name: 'Microsoft Entra ID',
    type: 'oidc',
    clientId,
    clientSecret,
    issuer,
    authorization: { params: { scope: 'openid profile email' } },
    checks: ['pkce', 'state', 'nonce'],
    profile: (claims) => ({
      id: claims.sub ?? '',
      name: claims.name ?? null,
      email: claims.email ?? null,
      image: null,
    }),
    [customFetch]: (url: string | URL | Request, init?: RequestInit) => fetch(url instanceof Request ? url.url : url, init),
  };
}
