import { Agent, fetch } from 'undici';
import type { RunningEmulator } from '../start.ts';
import { completeSignIn } from './browser.ts';

/** Input of a sign-in; defaults: the demo app, its first user and all permissions with consent. */
export interface SignInRequest {
  readonly username?: string;
  readonly scope?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** One of the registered redirect URIs. */
  readonly redirectUri: string;
}

/** The part of the token endpoint's answer that tests need. */
export interface TestTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
}

/** A fetch that trusts the emulator's CA, for tests; close its agent afterwards. */
export function createTrustingFetch(caPem: string): { readonly fetch: typeof fetch; close(): Promise<void> } {
  const dispatcher = new Agent({ connect: { ca: caPem } });
  return { fetch: (input, init) => fetch(input, { ...init, dispatcher }), close: () => dispatcher.close() };
}

/** Signs in through the pages and redeems the code. @throws when the token endpoint refuses */
export async function signInForTokens(emulator: RunningEmulator, wish: SignInRequest): Promise<TestTokens> {
  const { info } = emulator;
  const client = wish.clientId ?? info.clientId;
  const scope = wish.scope ?? `openid profile offline_access ${info.authority}/.default`;
  const query = new URLSearchParams({ client_id: client, response_type: 'code', redirect_uri: wish.redirectUri, scope });
  const landed = await completeSignIn(`${info.adminUrl}/${info.tenantId}/oauth2/v2.0/authorize?${query}`, {
    username: wish.username ?? info.users[0]?.username ?? '',
    password: info.password,
  });
  const trusting = createTrustingFetch(emulator.caPem);
  try {
    const response = await trusting.fetch(`${info.authority}/${info.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: client,
        client_secret: wish.clientSecret ?? info.clientSecret,
        code: landed.searchParams.get('code') ?? '',
        redirect_uri: wish.redirectUri,
      }),
    });
    if (!response.ok) throw new Error(`The token endpoint answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as TestTokens;
  } finally {
    await trusting.close();
  }
}
