import { CredentialsSignin, type NextAuthConfig } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import MicrosoftEntraID from 'next-auth/providers/microsoft-entra-id';
import { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { findUserByEntraObjectId, findUserById, type UserRow } from '#lib/store/users.ts';
import { type CheckPasswordDeps, checkPassword } from './check-password.ts';
import { clientAddress } from './client-address.ts';
import { entraAccount } from './entra-account.ts';
import { SESSION_SECONDS, type SessionSettings } from './session.ts';

export const ENTRA_PROVIDER_ID = 'microsoft-entra-id';

/** The optional second way in. */
export interface EntraProviderSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `https://…/<tenant>/v2.0`: one tenant, since everybody of it may come in as a viewer. */
  readonly issuer: string;
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

const EntraClaims = z.looseObject({
  oid: z.string(),
  email: z.string().optional(),
  preferred_username: z.string().optional(),
  name: z.string().optional(),
});

/** next-auth for Entrada: local accounts, and Microsoft Entra ID where it is configured. The session is a sealed cookie with the user's id and session epoch only. */
export function createAuthConfig(deps: AuthDeps): NextAuthConfig {
  return {
    secret: deps.session.secret,
    trustHost: true,
    useSecureCookies: deps.session.secure,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
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
        if (!claims.success || email === undefined) return false;
        return (await entraAccount(deps, { objectId: claims.data.oid, email, name: claims.data.name ?? null })) !== null;
      },
      async jwt({ token, user, account, profile }) {
        if (account?.provider === ENTRA_PROVIDER_ID) {
          return toSession(await findUserByEntraObjectId(deps.db, String(profile?.['oid'])));
        }
        return user?.id === undefined ? token : toSession(await findUserById(deps.db, user.id));
      },
      redirect({ url, baseUrl }) {
        return url.startsWith('/') ? `${baseUrl}${url}` : new URL(url).origin === baseUrl ? url : baseUrl;
      },
    },
  };
}

function toSession(user: UserRow | null): { sub: string; epoch: number } | null {
  return user === null ? null : { sub: user.id, epoch: user.sessionEpoch };
}

function passwordProvider(deps: AuthDeps) {
  return Credentials({
    credentials: { email: {}, password: {} },
    async authorize(credentials, request) {
      const { email, password } = PasswordForm.parse(credentials);
      try {
        const user = await checkPassword(deps, { email, password, ip: clientAddress(request.headers) });
        return { id: user.id };
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
