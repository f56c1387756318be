import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { completeSignIn } from '#lib/emulator/testing/browser.ts';
import { REDIRECT_URI, runTestEmulator, type TestEmulator } from '#lib/emulator/testing/run-emulator.ts';
import { signInForTokens } from '#lib/emulator/testing/tokens.ts';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await runTestEmulator();
});
afterAll(() => emulator.dispose());

type Fields = Readonly<Record<string, string | null>>;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(
  fields: Fields,
  options: { tenant?: string; headers?: Record<string, string>; query?: string } = {},
): Promise<Answer> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...credentials(), ...fields })) if (value !== null) form.set(name, value);
  const path = `${emulator.info.authority}/${options.tenant ?? emulator.info.tenantId}/oauth2/v2.0/token${options.query ?? ''}`;
  const response = await emulator.fetch(path, { method: 'POST', body: form, headers: options.headers ?? {} });
  const headers = new Headers([...response.headers]);
  return { status: response.status, headers, body: (await response.json()) as Answer['body'] };
}

function credentials(key?: string): Fields {
  const app = key === undefined ? emulator.info : emulator.info.otherApps.find((candidate) => candidate.key === key);
  return { client_id: app?.clientId ?? '', client_secret: app?.clientSecret ?? '' };
}

async function freshCode(parameters: Record<string, string> = {}): Promise<string> {
  const query = new URLSearchParams({
    client_id: emulator.info.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile offline_access User.Read',
    ...parameters,
  });
  const landed = await completeSignIn(`${emulator.info.adminUrl}/common/oauth2/v2.0/authorize?${query}`, {
    username: 'bianca.pisani@contoso.example',
    password: emulator.info.password,
  });
  return landed.searchParams.get('code') ?? '';
}

const CODE = { grant_type: 'authorization_code', redirect_uri: REDIRECT_URI };

function claimsOf(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

describe('refusals of the token endpoint', () => {
  let code: string;
  beforeEach(async () => {
    code = await freshCode();
  });

  for (const [what, fields, tenant, status, error, aadsts] of [
    ['an unknown tenant', {}, 'elsewhere.example', 400, 'invalid_request', 90002],
    ['no grant type', { grant_type: null }, 'common', 400, 'invalid_request', 900144],
    ['an unknown grant type', { grant_type: 'password' }, 'common', 400, 'unsupported_grant_type', 70003],
    ['no client id', { client_id: null }, 'common', 400, 'invalid_request', 900144],
    ['an unknown client', { client_id: 'ffffffff-0000-4000-8000-000000000000' }, 'common', 400, 'unauthorized_client', 700016],
    ['no secret', { client_secret: null }, 'common', 401, 'invalid_client', 7000218],
    ['a wrong secret', { client_secret: 'wrong' }, 'common', 401, 'invalid_client', 7000215],
    ['no code', { code: null }, 'common', 400, 'invalid_request', 900144],
    ['a made-up code', { code: 'abc' }, 'common', 400, 'invalid_request', 9002313],
    ['another redirect URI', { redirect_uri: 'http://localhost:3000/other' }, 'common', 400, 'invalid_client', 500112],
    ['a permission nobody consented to', { scope: 'Mail.Send' }, 'common', 400, 'invalid_grant', 65001],
    ['two resources', { scope: 'User.Read https://other.example/Thing.Read' }, 'common', 400, 'invalid_scope', 70011],
    ['a verifier for a code without challenge', { code_verifier: 'x'.repeat(43) }, 'common', 400, 'invalid_grant', 501481],
  ] as const) {
    it(`${what}: ${error} AADSTS${aadsts}`, async () => {
      const answer = await post({ ...CODE, code, ...fields }, { tenant });
      expect(answer.status).toBe(status);
      expect(answer.body).toMatchObject({ error, error_codes: [aadsts] });
    });
  }

  for (const [key, tenant, aadsts] of [
    ['expired-secret', 'common', 7000222],
    ['disabled', 'common', 7000112],
    ['single-tenant', 'common', 50194],
    ['least', 'common', 70000],
  ] as const) {
    it(`the app "${key}" with another app’s code: AADSTS${aadsts}`, async () => {
      const answer = await post({ ...CODE, ...credentials(key), code }, { tenant });
      expect(answer.body).toMatchObject({ error_codes: [aadsts] });
    });
  }

  it('has the documented shape, and the client’s request id as correlation id', async () => {
    const id = '7F3B1C9E-0000-4000-8000-0123456789AB';
    const { body, headers } = await post({ ...CODE, code, client_secret: 'wrong' }, { query: `?client-request-id=${id}` });
    expect(Object.keys(body)).toEqual([
      'error',
      'error_description',
      'error_codes',
      'timestamp',
      'trace_id',
      'correlation_id',
      'error_uri',
    ]);
    expect(body['correlation_id']).toBe(id.toLowerCase());
    expect(body['timestamp']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
    expect(body['error_description']).toBe(
      `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${emulator.info.clientId}'.\r\nTrace ID: ${body['trace_id']}\r\nCorrelation ID: ${body['correlation_id']}\r\nTimestamp: ${body['timestamp']}`,
    );
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('a refusal does not use up the code; a redemption does', async () => {
    expect((await post({ ...CODE, code, client_secret: 'wrong' })).status).toBe(401);
    expect((await post({ ...CODE, code })).status).toBe(200);
    expect((await post({ ...CODE, code })).body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] });
  });

  it('a code with a challenge can’t be redeemed without the verifier', async () => {
    const bound = await freshCode({ code_challenge: 'plain-text', code_challenge_method: 'plain' });
    expect((await post({ ...CODE, code: bound })).body).toMatchObject({ error_codes: [501481] });
    expect((await post({ ...CODE, code: bound, code_verifier: 'plain-text' })).status).toBe(200);
  });
});

describe('tokens', () => {
  it('come with an expiry of 60 to 90 minutes, and only what was asked for', async () => {
    const { body } = await post({ ...CODE, code: await freshCode({ scope: 'User.Read' }) });
    expect(Object.keys(body)).toEqual(['token_type', 'scope', 'expires_in', 'ext_expires_in', 'access_token']);
    expect(body['expires_in']).toBeGreaterThanOrEqual(3599);
    expect(body['expires_in']).toBeLessThanOrEqual(5400);
  });

  it('are signed by a key of the discovery document, for the Graph of this cloud', async () => {
    const { access_token } = await signInForTokens(emulator, { redirectUri: REDIRECT_URI });
    const discovery = await emulator.fetch(`${emulator.info.authority}/common/v2.0/.well-known/openid-configuration`);
    const { jwks_uri } = (await discovery.json()) as { jwks_uri: string };
    const { keys } = (await (await emulator.fetch(jwks_uri)).json()) as {
      keys: { kid: string; n: string; e: string; kty: string }[];
    };
    const [header = '', payload = '', signature = ''] = access_token.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const jwk = keys.find((key) => key.kid === kid);
    if (jwk === undefined) throw new Error('the key is not listed');
    const key = createPublicKey({ key: { kty: jwk.kty, n: jwk.n, e: jwk.e }, format: 'jwk' });
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(claimsOf(access_token)).toMatchObject({ aud: emulator.info.authority, tid: emulator.info.tenantId, ver: '1.0' });
  });

  it('of the app with few permissions hold only those', async () => {
    const least = emulator.info.otherApps.find(({ key }) => key === 'least');
    const tokens = await signInForTokens(emulator, { ...least, redirectUri: REDIRECT_URI });
    const scp = String(claimsOf(tokens.access_token)['scp']).split(' ');
    expect(scp).toEqual(['openid', 'profile', 'User.Read', 'User.ReadBasic.All']);
  });

  it('carry nonce and subject in the id token, and userinfo agrees with them', async () => {
    const { body } = await post({ ...CODE, code: await freshCode({ nonce: 'n-1', scope: 'openid profile email' }) });
    const claims = claimsOf(body['id_token']);
    expect(claims).toMatchObject({
      aud: emulator.info.clientId,
      iss: `${emulator.info.authority}/${emulator.info.tenantId}/v2.0`,
      nonce: 'n-1',
      preferred_username: 'bianca.pisani@contoso.example',
      tid: emulator.info.tenantId,
    });
    const response = await emulator.fetch(`${emulator.info.authority}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    });
    expect(await response.json()).toMatchObject({ sub: claims['sub'], name: 'Bianca Pisani' });
  });

  it('are given to a client that proves itself by HTTP Basic', async () => {
    const { client_id: id, client_secret: secret } = credentials();
    const basic = Buffer.from(`${encodeURIComponent(id ?? '')}:${encodeURIComponent(secret ?? '')}`).toString('base64');
    const answer = await post(
      { ...CODE, code: await freshCode(), client_id: null, client_secret: null },
      { headers: { authorization: `Basic ${basic}` } },
    );
    expect(answer.status).toBe(200);
  });

  it('a refresh token dies after 90 days without use', async () => {
    const { refresh_token } = await signInForTokens(emulator, { redirectUri: REDIRECT_URI });
    const refresh = () => post({ grant_type: 'refresh_token', refresh_token, scope: 'User.Read' });
    emulator.clock.advance(89 * 86_400_000);
    const renewed = (await refresh()).body['refresh_token'];
    expect(renewed).not.toBe(refresh_token);
    emulator.clock.advance(2 * 86_400_000);
    expect((await refresh()).body).toMatchObject({ error: 'invalid_grant', error_codes: [700082] });
    expect((await post({ grant_type: 'refresh_token', refresh_token: String(renewed) })).status).toBe(200);
  });

  it('for an app alone: the tenant’s endpoint and .default only, with roles and no scope', async () => {
    const wish = { grant_type: 'client_credentials', scope: `${emulator.info.authority}/.default` };
    const { body } = await post(wish);
    expect(body).not.toHaveProperty('scope');
    expect(body).not.toHaveProperty('refresh_token');
    expect(claimsOf(body['access_token'])).toMatchObject({ idtyp: 'app', roles: expect.arrayContaining(['User.Read.All']) });
    expect((await post(wish, { tenant: 'common' })).body).toMatchObject({ error_codes: [50194] });
    expect((await post({ ...wish, scope: 'User.Read' })).body).toMatchObject({ error: 'invalid_scope', error_codes: [1002012] });
  });
});
