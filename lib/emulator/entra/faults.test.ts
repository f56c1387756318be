import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RunningEmulator, startEmulator } from '../start.ts';
import { REDIRECT_URI } from '../testing/run-emulator.ts';
import { createTrustingFetch, signInForTokens } from '../testing/tokens.ts';

let dir: string;
let emulator: RunningEmulator;
let trusting: ReturnType<typeof createTrustingFetch>;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'entrada-token-faults-'));
  emulator = await startEmulator({ dir, httpPort: 0, tlsPort: 0, users: 20, redirectUris: [REDIRECT_URI] });
  trusting = createTrustingFetch(emulator.caPem);
});
afterEach(() => plan({ token: [], accessTokens: null }));
afterAll(async () => {
  await trusting.close();
  await emulator.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function plan(faults: object): Promise<void> {
  const { adminUrl, adminToken } = emulator.info;
  const headers = { authorization: `Bearer ${adminToken}` };
  const response = await fetch(`${adminUrl}/__admin/faults`, { method: 'POST', headers, body: JSON.stringify(faults) });
  expect(response.status, await response.text()).toBe(200);
}

function requestToken() {
  const { authority, tenantId, clientId, clientSecret } = emulator.info;
  return trusting.fetch(`${authority}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${authority}/.default`,
    }),
  });
}

async function appToken(): Promise<string> {
  return ((await (await requestToken()).json()) as { access_token: string }).access_token;
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

async function statusOf(path: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await trusting.fetch(`${emulator.info.graphBaseUrl}${path}`, { headers });
  await response.arrayBuffer();
  return response.status;
}

test.each([
  ['page', 200, 'text/html'],
  ['json-type', 200, 'application/json'],
  ['redirect', 302, 'text/html'],
  ['network-sign-in', 511, 'text/html'],
])('%s: the token endpoint is answered for, once', async (as, status, type) => {
  await plan({ token: [{ kind: 'intermediary', as }] });
  const answer = await requestToken();
  expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([status, type]);
  expect(await answer.text()).toContain('<html>');
  expect((await requestToken()).status).toBe(200);
});

test('an application token that names no permissions is good for the same', async () => {
  const named = await appToken();
  await plan({ accessTokens: { noPermissions: true } });
  const unnamed = await appToken();
  expect(claimsOf(named)['roles']).toEqual(expect.arrayContaining(['User.Read.All']));
  expect(claimsOf(unnamed)).not.toHaveProperty('roles');
  expect(claimsOf(unnamed)).not.toHaveProperty('scp');
  expect([await statusOf('/users', named), await statusOf('/users', unnamed)]).toEqual([200, 200]);
});

test('a delegated token that names no permissions is good for the same; the answer names no scope', async () => {
  await plan({ accessTokens: { noPermissions: true } });
  const tokens = await signInForTokens(emulator, { redirectUri: REDIRECT_URI });
  expect(tokens).not.toHaveProperty('scope');
  expect(claimsOf(tokens.access_token)).not.toHaveProperty('scp');
  expect(await statusOf('/users', tokens.access_token)).toBe(200);
});

test('tokens lack permissions that were taken back, until they are granted again', async () => {
  const lost = [
    'Group.Read.All',
    'GroupMember.Read.All',
    'Directory.Read.All',
    'Group.ReadBasic.All',
    'GroupMember.ReadBasic.All',
  ];
  await plan({ accessTokens: { withoutPermissions: lost } });
  const token = await appToken();
  expect(claimsOf(token)['roles']).toEqual(expect.not.arrayContaining(lost));
  expect([await statusOf('/groups', token), await statusOf('/users', token)]).toEqual([403, 200]);
  await plan({ accessTokens: null });
  expect(await statusOf('/groups', await appToken())).toBe(200);
});
