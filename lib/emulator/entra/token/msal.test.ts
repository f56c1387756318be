import {
  AuthError,
  ClientAuthError,
  ConfidentialClientApplication,
  CryptoProvider,
  type INetworkModule,
  InteractionRequiredAuthError,
  type NetworkResponse,
  ServerError,
} from '@azure/msal-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { completeSignIn } from '#lib/emulator/testing/browser.ts';
import { REDIRECT_URI, runTestEmulator, type TestEmulator } from '#lib/emulator/testing/run-emulator.ts';

let emulator: TestEmulator;
/** Every request that MSAL sends. */
let sent: string[] = [];

beforeAll(async () => {
  emulator = await runTestEmulator();
});
afterAll(() => emulator.dispose());
beforeEach(async () => {
  sent = [];
  await admin('faults', { token: [] });
});

async function admin(path: string, body: unknown): Promise<void> {
  const response = await fetch(`${emulator.info.adminUrl}/__admin/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.info.adminToken}` },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

/** A minimal network client that trusts the emulator's CA; MSAL itself is unmodified. */
function networkClient(timeoutMs: number): INetworkModule {
  const send = async <T>(method: string, url: string, headers?: Record<string, string>, body?: string) => {
    sent.push(`${method} ${url}`);
    const response = await emulator.fetch(url, {
      method,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const result: NetworkResponse<T> = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as T,
    };
    return result;
  };
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options?.headers),
    sendPostRequestAsync: (url, options) => send('POST', url, options?.headers, options?.body ?? ''),
  };
}

interface ClientWish {
  readonly tenant?: string;
  readonly secret?: string;
  readonly app?: string;
  readonly timeoutMs?: number;
}

function client(wish: ClientWish = {}): ConfidentialClientApplication {
  const { info } = emulator;
  const app = wish.app === undefined ? info : info.otherApps.find(({ key }) => key === wish.app);
  return new ConfidentialClientApplication({
    auth: {
      clientId: app?.clientId ?? '',
      clientSecret: wish.secret ?? app?.clientSecret ?? '',
      authority: `${info.authority}/${wish.tenant ?? info.tenantId}`,
      knownAuthorities: [new URL(info.authority).host],
    },
    system: { networkClient: networkClient(wish.timeoutMs ?? 10_000) },
  });
}

const SCOPES = ['User.Read', 'Group.Read.All'];

/** Signs in through the pages and returns the parameters of the redirect. */
async function authorize(pca: ConfidentialClientApplication, username = emulator.info.users[0]?.username ?? '') {
  const pkce = await new CryptoProvider().generatePkceCodes();
  const url = await pca.getAuthCodeUrl({
    scopes: SCOPES,
    redirectUri: REDIRECT_URI,
    state: 'state-1',
    prompt: 'select_account',
    codeChallenge: pkce.challenge,
    codeChallengeMethod: 'S256',
  });
  expect(new URL(url).origin).toBe(emulator.info.adminUrl);
  const landed = await completeSignIn(url, { username, password: emulator.info.password });
  return { code: landed.searchParams.get('code') ?? '', state: landed.searchParams.get('state'), verifier: pkce.verifier };
}

function redeem(pca: ConfidentialClientApplication, code: string, codeVerifier: string) {
  return pca.acquireTokenByCode({ scopes: SCOPES, redirectUri: REDIRECT_URI, code, codeVerifier });
}

async function failure(promise: Promise<unknown>): Promise<AuthError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AuthError)) throw new Error('MSAL did not fail', { cause: error });
  return error;
}

async function silentClient() {
  const pca = client();
  const { code, verifier } = await authorize(pca);
  const result = await redeem(pca, code, verifier);
  const cache = pca.getTokenCache().serialize();
  const fresh = client();
  fresh.getTokenCache().deserialize(cache);
  if (result.account === null) throw new Error('MSAL returned no account');
  return { pca: fresh, account: result.account, cache };
}

function refreshTokenIn(cache: string): string {
  const { RefreshToken } = JSON.parse(cache) as { RefreshToken: Record<string, { secret: string }> };
  return Object.values(RefreshToken)[0]?.secret ?? '';
}

describe('msal-node, unmodified', () => {
  for (const tenant of ['common', 'organizations', 'contoso.example', '11111111-2222-4333-8444-555555555555']) {
    it(`signs in, redeems and finds its token in the cache, by authority ${tenant}`, async () => {
      const pca = client({ tenant });
      const { code, state, verifier } = await authorize(pca);
      expect(code.length).toBeGreaterThan(700);
      expect(state).toBe('state-1');
      const result = await redeem(pca, code, verifier);
      expect(result).toMatchObject({
        tenantId: emulator.info.tenantId,
        account: { username: 'adele.vance@contoso.example', name: 'Adele Vance' },
        fromCache: false,
      });
      expect(result.scopes).toEqual(expect.arrayContaining(SCOPES));
      if (result.account === null) throw new Error('no account');
      expect(result.account.homeAccountId).toBe(`${result.uniqueId}.${emulator.info.tenantId}`);
      const again = await pca.acquireTokenSilent({ account: result.account, scopes: SCOPES });
      expect(again).toMatchObject({ fromCache: true, accessToken: result.accessToken });
    });
  }

  it('sends no request anywhere but to the emulator', async () => {
    const pca = client();
    const { code, verifier } = await authorize(pca);
    await redeem(pca, code, verifier);
    expect(sent.every((line) => line.includes(`${emulator.info.authority}/`))).toBe(true);
    expect(sent.length).toBeGreaterThanOrEqual(2);
  });

  it('refreshes by a rotated refresh token, and the old one stays good', async () => {
    const { pca, account, cache } = await silentClient();
    const result = await pca.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true });
    expect(result.fromCache).toBe(false);
    const rotated = pca.getTokenCache().serialize();
    expect(refreshTokenIn(rotated)).not.toBe(refreshTokenIn(cache));
    const older = client();
    older.getTokenCache().deserialize(cache);
    await expect(older.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true })).resolves.toMatchObject({
      fromCache: false,
    });
  });

  it('finds a token asked for by the long spelling in its cache again', async () => {
    const { pca, account } = await silentClient();
    const scopes = [`${emulator.info.authority}/User.Read`];
    await pca.acquireTokenSilent({ account, scopes, forceRefresh: true });
    await expect(pca.acquireTokenSilent({ account, scopes })).resolves.toMatchObject({ fromCache: true });
  });

  it('gets an app-only token by client credentials, from the tenant only', async () => {
    const scopes = [`${emulator.info.authority}/.default`];
    const result = await client().acquireTokenByClientCredential({ scopes });
    expect(result?.accessToken.split('.')).toHaveLength(3);
    const error = await failure(client({ tenant: 'common' }).acquireTokenByClientCredential({ scopes }));
    expect(error.errorCode).toBe('missing_tenant_id_error');
  });
});

describe('what msal-node makes of refusals', () => {
  it('a used code: ServerError invalid_grant 54005', async () => {
    const pca = client();
    const { code, verifier } = await authorize(pca);
    await redeem(pca, code, verifier);
    const error = await failure(redeem(client(), code, verifier));
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ errorCode: 'invalid_grant', errorNo: 54005 });
    expect(error.errorMessage).toMatch(/AADSTS54005.*Correlation ID.*Trace ID/s);
  });

  it('a code after ten minutes: ServerError invalid_grant 70008', async () => {
    const { code, verifier } = await authorize(client());
    emulator.clock.advance(10 * 60_000);
    const error = await failure(redeem(client(), code, verifier));
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ errorCode: 'invalid_grant', errorNo: 70008 });
  });

  it('another sign-in’s verifier: ServerError invalid_grant 501481', async () => {
    const { code } = await authorize(client());
    const { verifier } = await new CryptoProvider().generatePkceCodes();
    const error = await failure(redeem(client(), code, verifier));
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ errorCode: 'invalid_grant', errorNo: 501481 });
  });

  for (const [what, wish, code] of [
    ['a wrong secret', { secret: 'wrong' }, 7000215],
    ['an expired secret', { app: 'expired-secret' }, 7000222],
  ] as const) {
    it(`${what}: ServerError invalid_client ${code}`, async () => {
      const pca = client(wish);
      const { code: text, verifier } = await authorize(pca);
      const error = await failure(redeem(pca, text, verifier));
      expect(error).toBeInstanceOf(ServerError);
      expect(error).toMatchObject({ errorCode: 'invalid_client', errorNo: code });
    });
  }

  it('a code that was cut off: ServerError invalid_request 9002313', async () => {
    const { code, verifier } = await authorize(client());
    const error = await failure(redeem(client(), code.slice(0, -50), verifier));
    expect(error).toMatchObject({ errorCode: 'invalid_request', errorNo: 9002313 });
  });

  it('a revoked grant: bad_token, which needs a new sign-in', async () => {
    const { pca, account } = await silentClient();
    await admin('revoke', { username: account.username });
    const error = await failure(pca.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }));
    expect(error).toMatchObject({ errorCode: 'invalid_grant', subError: 'bad_token' });
    expect(error.errorMessage).toContain('AADSTS50173');
  });

  it('MFA asked for on refresh: InteractionRequiredAuthError with claims', async () => {
    const { pca, account } = await silentClient();
    await admin('faults', { token: [{ kind: 'aadsts', aadsts: 50076 }] });
    const error = await failure(pca.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }));
    expect(error).toBeInstanceOf(InteractionRequiredAuthError);
    expect(error).toMatchObject({ errorCode: 'interaction_required', claims: expect.stringContaining('access_token') });
  });

  for (const [status, code] of [
    [503, 90033],
    [429, 90055],
  ] as const) {
    it(`${status}: ServerError temporarily_unavailable, once`, async () => {
      await admin('faults', { token: [{ kind: 'status', status, retryAfterSeconds: 1 }] });
      const { code: text, verifier } = await authorize(client());
      const error = await failure(redeem(client(), text, verifier));
      expect(error).toBeInstanceOf(ServerError);
      expect(error).toMatchObject({ errorCode: 'temporarily_unavailable', errorNo: code });
      await expect(redeem(client(), text, verifier)).resolves.toMatchObject({ fromCache: false });
    });
  }

  it('a proxy’s HTML page: network error', async () => {
    const { code, verifier } = await authorize(client());
    await admin('faults', { token: [{ kind: 'html' }] });
    expect((await failure(redeem(client(), code, verifier))).errorCode).toBe('network_error');
  });

  it('no answer within the time limit: network error', async () => {
    const { code, verifier } = await authorize(client());
    await admin('faults', { token: [{ kind: 'hang' }] });
    expect((await failure(redeem(client({ timeoutMs: 300 }), code, verifier))).errorCode).toBe('network_error');
  });

  it('a tenant that does not exist: no endpoints', async () => {
    const error = await failure(authorize(client({ tenant: 'elsewhere.example' })));
    expect(error).toBeInstanceOf(ClientAuthError);
    expect(error.errorCode).toBe('endpoints_resolution_error');
  });
});
