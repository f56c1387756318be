import { type INetworkModule, PublicClientApplication } from '@azure/msal-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestBrowser, type VisitedPage } from '#lib/emulator/testing/browser.ts';
import { runTestEmulator, type TestEmulator } from '#lib/emulator/testing/run-emulator.ts';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await runTestEmulator();
});
afterAll(() => emulator.dispose());

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const SCOPE = 'openid profile offline_access User.Read';

interface Device {
  readonly user_code: string;
  readonly device_code: string;
  readonly verification_uri: string;
  readonly expires_in: number;
  readonly interval: number;
  readonly message: string;
}

async function post(endpoint: string, fields: Record<string, string>) {
  const { authority, tenantId, clientId } = emulator.info;
  const body = new URLSearchParams({ client_id: clientId, ...fields });
  const response = await emulator.fetch(`${authority}/${tenantId}/oauth2/v2.0/${endpoint}`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function beginDevice(): Promise<Device> {
  return (await post('devicecode', { scope: SCOPE })).body as unknown as Device;
}

async function poll(device: Device) {
  const { status, body } = await post('token', { grant_type: GRANT, device_code: device.device_code });
  return status === 200 ? body : body['error'];
}

/** Enters the code and signs in on another device. */
async function approve(
  code: string,
  last: Record<string, string> = { step: 'password', password: emulator.info.password },
): Promise<VisitedPage> {
  const { adminUrl, users } = emulator.info;
  const browser = createTestBrowser(adminUrl);
  let page = await browser.submit(await browser.open(`${adminUrl}/common/oauth2/deviceauth`), { user_code: code });
  page = await browser.submit(page, { account: users[0]?.username ?? '' });
  return browser.submit(page, last);
}

test('a device shows a code, waits, and gets its tokens once the person has signed in', async () => {
  const device = await beginDevice();
  expect(device).toMatchObject({
    expires_in: 900,
    interval: 5,
    verification_uri: `${emulator.info.adminUrl}/common/oauth2/deviceauth`,
  });
  expect(device.message).toContain(device.user_code);
  expect(await poll(device)).toBe('authorization_pending');
  const page = await approve(device.user_code.toLowerCase());
  expect(page.text).toContain('You have signed in to Entrada demo on your device');
  emulator.clock.advance(5000);
  const tokens = (await poll(device)) as Record<string, string>;
  expect(tokens['scope']).toContain('User.Read');
  // A code is valid once.
  expect(await poll(device)).toBe('bad_verification_code');
  const refresh = { grant_type: 'refresh_token', refresh_token: tokens['refresh_token'] ?? '' };
  expect((await post('token', refresh)).status).toBe(200);
});

test('who asks sooner than the interval is told to slow down', async () => {
  const device = await beginDevice();
  expect([await poll(device), await poll(device)]).toEqual(['authorization_pending', 'slow_down']);
  emulator.clock.advance(5000);
  expect(await poll(device)).toBe('authorization_pending');
});

test('a code expires after a quarter of an hour, for the device and for the person', async () => {
  const device = await beginDevice();
  emulator.clock.advance(device.expires_in * 1000);
  expect(await poll(device)).toBe('expired_token');
  const browser = createTestBrowser(emulator.info.adminUrl);
  const page = await browser.submit(await browser.open(device.verification_uri), { user_code: device.user_code });
  expect(page.text).toContain('That code didn’t work.');
});

test('a person may decline', async () => {
  const device = await beginDevice();
  expect((await approve(device.user_code, { step: 'cancel' })).text).toContain('You cancelled the sign-in');
  expect(await poll(device)).toBe('authorization_declined');
});

test('a registration without public client flows, and a device code of another client, are refused', async () => {
  const other = emulator.info.otherApps.find(({ key }) => key === 'least')?.clientId ?? '';
  expect((await post('devicecode', { client_id: other, scope: SCOPE })).body).toMatchObject({
    error: 'invalid_client',
    error_codes: [7000218],
  });
  expect((await post('token', { grant_type: GRANT, device_code: 'nonsense' })).body).toMatchObject({
    error: 'bad_verification_code',
  });
  expect((await post('devicecode', {})).body).toMatchObject({ error_codes: [900144] });
});

test('refresh tokens of a client with a secret are not good without it', async () => {
  const refused = await post('token', { grant_type: 'refresh_token', refresh_token: '1.Aabc.def' });
  expect(refused.body).toMatchObject({ error: 'invalid_client', error_codes: [7000218] });
});

test('MSAL signs in by device code, as it comes from npm', async () => {
  const send = async (method: string, url: string, options?: { headers?: Record<string, string>; body?: string }) => {
    const { headers = {}, body } = options ?? {};
    const response = await emulator.fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: (await response.json()) as never };
  };
  const networkClient: INetworkModule = {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
  const { authority, tenantId, clientId, users } = emulator.info;
  const app = new PublicClientApplication({
    auth: { clientId, authority: `${authority}/${tenantId}`, knownAuthorities: [new URL(authority).host] },
    system: { networkClient },
  });
  const signedIn = Promise.withResolvers<unknown>();
  const result = await app.acquireTokenByDeviceCode({
    scopes: ['User.Read'],
    deviceCodeCallback: ({ userCode }) => void approve(userCode).then(signedIn.resolve, signedIn.reject),
  });
  await signedIn.promise;
  expect(result?.account?.username).toBe(users[0]?.username);
  expect(result?.scopes).toContain('User.Read');
});

test('instance discovery names the hosts of this cloud, and refuses others', async () => {
  const { authority, tenantId } = emulator.info;
  const ask = async (endpoint: string) => {
    const query = new URLSearchParams({ 'api-version': '1.1', authorization_endpoint: endpoint });
    const response = await emulator.fetch(`${authority}/common/discovery/instance?${query}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const { host } = new URL(authority);
  expect(await ask(`${authority}/${tenantId}/oauth2/v2.0/authorize`)).toEqual({
    status: 200,
    body: {
      tenant_discovery_endpoint: `${authority}/${tenantId}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    },
  });
  expect(await ask('https://login.other.example/common/oauth2/v2.0/authorize')).toMatchObject({
    status: 400,
    body: { error: 'invalid_instance', error_codes: [50049] },
  });
});
