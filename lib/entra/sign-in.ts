import { type AuthenticationResult, CryptoProvider } from '@azure/msal-node';
import type { ClientSettings } from '#lib/domain/session.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import type { Http } from '#lib/platform/http/http.ts';
import type { ResolvedCloud } from './clouds.ts';
import { createMsalClient } from './msal.ts';
import { permissionsOf, requestScopes } from './scopes.ts';

export interface SignInDeps {
  readonly http: Http;
  readonly cloud: ResolvedCloud;
  readonly settings: ClientSettings;
}

/** A token for Graph and who it stands for. */
export interface GraphToken {
  readonly accessToken: string;
  readonly account: { readonly username: string; readonly name: string | null; readonly objectId: string };
  readonly tenantId: string;
  readonly permissions: readonly string[];
}

/** The authorize URL, and the PKCE verifier (RFC 7636, S256) that stays here. */
export async function buildSignIn(
  deps: SignInDeps,
  input: { readonly redirectUri: string; readonly state: string; readonly scopes: readonly string[] },
): Promise<{ readonly authorizeUrl: string; readonly codeVerifier: string }> {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const client = createMsalClient(deps);
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
  return { authorizeUrl, codeVerifier: verifier };
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
  const client = createMsalClient(deps);
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

/** @throws RemoteError when Entra named no account. */
export function toGraphToken(result: AuthenticationResult): GraphToken {
  const { account } = result;
  if (account === null) {
    throw new RemoteError({
      code: 'no-account',
      title: 'Entra named no account for this sign-in.',
      remedy: 'Authenticate again.',
      fixer: 'you',
    });
  }
  return {
    accessToken: result.accessToken,
    account: { username: account.username, name: account.name ?? null, objectId: account.localAccountId },
    tenantId: result.tenantId === '' ? account.tenantId : result.tenantId,
    permissions: permissionsOf(result.scopes),
  };
}
