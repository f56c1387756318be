import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { type ForeignEntra, startForeignEntra } from './testing/foreign-entra.ts';
import { createMemoryConnections } from './testing/memory-connections.ts';

const REDIRECT_URI = 'http://localhost:3000/auth/oauth/code';

async function start(tls: boolean): Promise<ForeignEntra> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-foreign-'));
  const entra = await startForeignEntra({ dir, redirectUri: REDIRECT_URI, tls });
  onTestFinished(async () => {
    await entra.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  return entra;
}

/** Chooses the account on its sign-in page, as a browser would. */
async function signIn(entra: ForeignEntra, authorizeUrl: string): Promise<string> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(entra.caFile, 'utf8') } });
  onTestFinished(() => dispatcher.close());
  const page = await (await fetch(authorizeUrl, { dispatcher })).text();
  const form = page.split('<form').find((part) => part.includes(entra.account)) ?? '';
  const fields = [...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]);
  const action = /action="([^"]+)"/.exec(form)?.[1] ?? '';
  const answer = await fetch(new URL(action, entra.origin), {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
    dispatcher,
  });
  return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

test.each([
  ['behind TLS, with the CA of the operator', true],
  ['on this machine, without TLS', false],
])('an Entra that somebody else wrote: sign-in, verify, test (%s)', async (_, tls) => {
  const entra = await start(tls);
  const { operations, connect } = createMemoryConnections({
    extraClouds: [{ name: 'Foreign', graphOrigin: entra.origin, authorityOrigin: entra.origin }],
    caPem: readFileSync(entra.caFile, 'utf8'),
  });
  const credential = { kind: 'secret', secret: entra.clientSecret } as const;
  const graphBaseUrl = `${entra.origin}/v1.0`;
  const settings = { clientId: entra.clientId, credential, signIn: 'delegated', graphBaseUrl, tenant: 'organizations' } as const;
  const scopes = ['openid', 'profile', 'offline_access', `${entra.origin}/.default`];
  const { authorizeUrl, codeVerifier } = await operations.startSignIn({
    settings,
    redirectUri: REDIRECT_URI,
    state: 'state',
    scopes,
  });
  const code = await signIn(entra, authorizeUrl);
  const redeemed = await operations.redeemCode({ settings, redirectUri: REDIRECT_URI, code, codeVerifier, scopes });
  expect(redeemed.identity.account).toMatchObject({ username: entra.account, name: 'Kim Fabrikam' });
  // Its Graph has no organization: the name stays open, as where reading it isn't permitted.
  expect(redeemed.identity.tenant.name).toBeNull();

  const connection = connect(settings, redeemed.tokenCache);
  expect((await operations.testConnection({ connection })).test).toMatchObject({ account: entra.account });
});
