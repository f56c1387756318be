import { type AuthenticationResult, CryptoProvider } from '@azure/msal-node';
import { z } from 'zod';
import type { ClientSettings } from '#lib/domain/account/session.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import type { Http } from '#lib/platform/http/http.ts';
import type { ResolvedCloud } from './clouds.ts';
import { createMsalClient } from './msal.ts';
import { defaultScope, permissionsOf, requestScopes } from './scopes.ts';

export interface SignInDeps {
  readonly http: Http;
  readonly cloud: ResolvedCloud;
  readonly settings: ClientSettings;
}

/** A token for Graph and its account. */
export interface GraphToken {
  readonly accessToken: string;
  readonly account: { readonly username: string; readonly name: string | null; readonly objectId: string };
  readonly tenantId: string;
  readonly permissions: readonly string[];
  readonly expiresAt: Date;
}

/**
 * The authorize URL, and the PKCE verifier (RFC 7636, S256) that stays here.
 * @throws RemoteError `sign-in-elsewhere` when the authority's metadata points to another host.
 */
export async function buildSignIn(
  deps: SignInDeps,
  input: { readonly redirectUri: string; readonly state: string; readonly scopes: readonly string[] },
): Promise<{ readonly authorizeUrl: string; readonly codeVerifier: string }> {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const client = await createMsalClient(deps);
  const authorizeUrl = await client.call(
    (app) =>
      app.getAuthCodeUrl({
        redirectUri: input.redirectUri,
        scopes: requestScopes(input.scopes, deps.cloud.cloud.graphOrigin),
        state: input.state,
        prompt: 'select_account',
        codeChallenge: challenge,
        codeChallengeMethod: 'S256',
      }),
    { refresh: false },
  );
  requireSignInOrigin(authorizeUrl, deps.cloud);
  return { authorizeUrl, codeVerifier: verifier };
}

/** The address comes from the authority's metadata and is where a person types a password: only the authority's own origin will do. */
function requireSignInOrigin(authorizeUrl: string, { cloud }: ResolvedCloud): void {
  const { origin } = new URL(authorizeUrl);
  if (origin === cloud.authorityOrigin || origin === cloud.signInOrigin) return;
  throw new RemoteError({
    code: 'sign-in-elsewhere',
    title: `${new URL(cloud.authorityOrigin).host} names a sign-in page on another host. Entrada did not open it.`,
    remedy:
      'Check authorityOrigin and signInOrigin of this cloud in ENTRADA_EXTRA_CLOUDS, and whether a proxy rewrites its answers.',
    fixer: 'operator',
  });
}

/** Code to tokens (RFC 6749 section 4.1.3). @returns also MSAL's serialised cache, which holds the refresh token. */
export async function redeem(
  deps: SignInDeps,
  input: {
    readonly redirectUri: string;
    readonly code: string;
    readonly codeVerifier: string;
    readonly scopes: readonly string[];
  },
): Promise<{ readonly token: GraphToken; readonly tokenCache: string }> {
  const client = await createMsalClient(deps);
  const result = await client.call(
    (app) =>
      app.acquireTokenByCode({
        redirectUri: input.redirectUri,
        scopes: requestScopes(input.scopes, deps.cloud.cloud.graphOrigin),
        code: input.code,
        codeVerifier: input.codeVerifier,
      }),
    { refresh: false },
  );
  return { token: toGraphToken(result), tokenCache: client.serialise() };
}

/**
 * A token for the application itself (OAuth 2.0 client credentials, RFC 6749 section 4.4).
 * @param renew asks Entra even when the cache holds a token that is still good.
 * @returns also MSAL's serialised cache, which holds the access token; there is no refresh token.
 */
export async function signInApplication(
  deps: SignInDeps,
  options: { readonly cache?: string; readonly renew: boolean; readonly claims?: string },
): Promise<{ readonly token: GraphToken; readonly tokenCache: string }> {
  const client = await createMsalClient({ ...deps, ...(options.cache === undefined ? {} : { cache: options.cache }) });
  const result = await client.call(
    (app) =>
      app.acquireTokenByClientCredential({
        scopes: [defaultScope(deps.cloud.cloud.graphOrigin)],
        skipCache: options.renew,
        ...(options.claims === undefined ? {} : { claims: options.claims }),
      }),
    { refresh: options.cache !== undefined },
  );
  if (result === null) throw noToken();
  return {
    token: toApplicationToken(result, deps.settings),
    tokenCache: result.fromCache ? (options.cache ?? '') : client.serialise(),
  };
}

function noToken(): RemoteError {
  return new RemoteError({
    code: 'no-token',
    title: 'Entra sent no token for this application.',
    remedy: 'Try again.',
    fixer: 'operator',
  });
}

/**
 * The answer of the token endpoint names neither the service principal nor its app roles: only the token does. A client should treat
 * it as opaque (Entra doc *Access tokens*), so what can't be read is left empty and nothing depends on it but what is shown.
 */
function toApplicationToken(result: AuthenticationResult, settings: ClientSettings): GraphToken {
  const claims = readClaims(result.accessToken);
  return {
    accessToken: result.accessToken,
    account: {
      username: claims.app_displayname ?? settings.clientId,
      name: null,
      objectId: claims.oid ?? settings.clientId,
    },
    tenantId: claims.tid ?? (result.tenantId === '' ? settings.tenant : result.tenantId),
    permissions: [...(claims.roles ?? [])].sort(),
    expiresAt: result.expiresOn ?? new Date(0),
  };
}

const Claims = z.object({
  app_displayname: z.string().optional().catch(undefined),
  oid: z.string().optional().catch(undefined),
  tid: z.string().optional().catch(undefined),
  roles: z.array(z.string()).optional().catch(undefined),
});

function readClaims(accessToken: string): z.infer<typeof Claims> {
  try {
    return Claims.parse(JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8')));
  } catch {
    return {};
  }
}

/** @throws RemoteError when Entra named no account. */
export function toGraphToken(result: AuthenticationResult): GraphToken {
  const { account } = result;
  if (account === null) {
    throw new RemoteError({
      code: 'no-account',
      title: 'Entra sent no account for this sign-in.',
      remedy: 'Authenticate again.',
      fixer: 'you',
    });
  }
  return {
    accessToken: result.accessToken,
    account: { username: account.username, name: account.name ?? null, objectId: account.localAccountId },
    tenantId: result.tenantId === '' ? account.tenantId : result.tenantId,
    permissions: permissionsOf(result.scopes),
    expiresAt: result.expiresOn ?? new Date(0),
  };
}
