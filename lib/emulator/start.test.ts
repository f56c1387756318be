import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { EmulatorParts } from './start.ts';
import { startEmulatorOf } from './start.ts';
import { REDIRECT_URI, runTestEmulator, type TestEmulator } from './testing/run-emulator.ts';
import { stubParts } from './testing/stub-parts.ts';
import { createTrustingFetch, signInForTokens } from './testing/tokens.ts';
import { openTls } from './tls.ts';

let emulator: TestEmulator | null = null;
afterEach(async () => {
  await emulator?.dispose();
  emulator = null;
});

async function running(parts?: EmulatorParts): Promise<TestEmulator> {
  emulator = await runTestEmulator({}, parts);
  return emulator;
}

describe('a restart', () => {
  it('keeps trust, keys, access tokens and refresh tokens', async () => {
    const first = await running();
    const { info } = first;
    const tokens = await signInForTokens(first, { redirectUri: REDIRECT_URI });
    await first.stop();
    const again = await startEmulatorOf(stubParts, {
      dir: first.dir,
      httpPort: Number(new URL(info.adminUrl).port),
      tlsPort: Number(new URL(info.authority).port),
      users: 20,
      redirectUris: [REDIRECT_URI],
    });
    const trusting = createTrustingFetch(first.caPem);
    try {
      expect(again.info).toEqual(info);
      const me = await trusting.fetch(`${info.graphBaseUrl}/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
      expect(me.status).toBe(200);
      const refreshed = await trusting.fetch(`${info.authority}/common/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: info.clientId,
          client_secret: info.clientSecret,
          refresh_token: tokens.refresh_token,
        }),
      });
      expect(refreshed.status).toBe(200);
    } finally {
      await trusting.close();
      await again.stop();
    }
  });

  it('writes emulator.json and keys for their owner only', async () => {
    const { dir, info } = await running();
    expect(JSON.parse(readFileSync(join(dir, 'emulator.json'), 'utf8'))).toEqual(info);
    for (const name of ['emulator.json', 'keys.json', 'ca.key', 'server.key']) {
      expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
    }
  });

  it('renews a server certificate that ends within 30 days, under the same CA', async () => {
    const { dir, caPem } = await running();
    const before = new X509Certificate(readFileSync(join(dir, 'server.crt')));
    const kept = await openTls(dir, new Date(Date.now() + 250 * 86_400_000));
    expect(new X509Certificate(kept.certPem).serialNumber).toBe(before.serialNumber);
    const renewed = await openTls(dir, new Date(Date.now() + 280 * 86_400_000));
    expect(renewed.caPem).toBe(caPem);
    const leaf = new X509Certificate(renewed.certPem);
    expect(leaf.serialNumber).not.toBe(before.serialNumber);
    expect(leaf.verify(new X509Certificate(caPem).publicKey)).toBe(true);
    expect(leaf.subjectAltName).toContain('DNS:localhost');
  });

  it('a port in use is said as such, and nothing stays open', async () => {
    const { info } = await running();
    const taken = Number(new URL(info.authority).port);
    await expect(runTestEmulator({ tlsPort: taken })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(runTestEmulator({ httpPort: taken })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

/** A Graph that answers every request with `body`. */
function partsThatAnswer(body: () => string | AsyncIterable<string>): EmulatorParts {
  return {
    ...stubParts,
    createGraphHandler: () => async () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: body() }),
  };
}

function get(target: TestEmulator, headers: Record<string, string>): Promise<{ encoding: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const call = request(`${target.info.graphBaseUrl}/x`, { ca: target.caPem, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    call.on('error', reject).end();
  });
}

describe('answers', () => {
  it('are compressed for those who accept gzip, generated or not', async () => {
    const text = 'row '.repeat(5000);
    async function* rows() {
      for (let i = 0; i < 5000; i++) yield 'row ';
    }
    for (const body of [() => text, rows]) {
      const target = await running(partsThatAnswer(body));
      expect((await get(target, {})).body.toString()).toBe(text);
      expect((await get(target, { 'accept-encoding': 'gzip;q=0' })).encoding).toBeUndefined();
      const compressed = await get(target, { 'accept-encoding': 'br, gzip' });
      expect(compressed.encoding).toBe('gzip');
      expect(gunzipSync(compressed.body).toString()).toBe(text);
      await target.dispose();
      emulator = null;
    }
  });

  it('are generated no faster than the client reads, and stop when it leaves', async () => {
    let made = 0;
    const ended = Promise.withResolvers<void>();
    const chunk = 'x'.repeat(64 * 1024);
    async function* endless() {
      try {
        for (;;) {
          made++;
          yield chunk;
        }
      } finally {
        ended.resolve();
      }
    }
    const target = await running(partsThatAnswer(endless));
    const call = request(`${target.info.graphBaseUrl}/x`, { ca: target.caPem }, (response) => {
      response.pause();
      response.once('readable', () => call.destroy());
    });
    call.on('error', () => {}).end();
    await ended.promise;
    // An unread stream may fill the socket buffers on both sides, some MiB, but not more.
    expect(made).toBeLessThan(500);
  });
});

describe('the admin surface', () => {
  const post = (target: TestEmulator, path: string, init: RequestInit = {}) =>
    fetch(target.info.adminUrl + path, { method: 'POST', ...init });

  it('needs the admin token', async () => {
    const target = await running();
    expect((await post(target, '/__admin/mutate')).status).toBe(401);
    expect((await fetch(`${target.info.adminUrl}/__admin/info`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(
      401,
    );
    const headers = { authorization: `Bearer ${target.info.adminToken}` };
    expect(await (await fetch(`${target.info.adminUrl}/__admin/info`, { headers })).json()).toEqual(target.info);
    const answer = await post(target, '/__admin/mutate', { headers, body: '{"hireUsers":1}' });
    expect(await answer.json()).toEqual({ mutated: { hireUsers: 1 } });
  });

  it('says what is wrong with a request', async () => {
    const target = await running();
    const headers = { authorization: `Bearer ${target.info.adminToken}` };
    expect((await post(target, '/__admin/faults', { headers, body: '{"token":[{"kind":"nonsense"}]}' })).status).toBe(400);
    expect((await post(target, '/__admin/faults', { headers, body: '{' })).status).toBe(400);
    expect((await post(target, '/__admin/revoke', { headers, body: '{"username":"nobody"}' })).status).toBe(404);
    expect((await post(target, '/__admin/nothing', { headers })).status).toBe(404);
  });

  it('changes data from its own page only', async () => {
    const target = await running();
    const home = await (await fetch(target.info.adminUrl)).text();
    const token = /name="token" value="([^"]+)"/.exec(home)?.[1] ?? '';
    expect((await post(target, '/change', { body: new URLSearchParams({ token: 'x' }) })).status).toBe(403);
    const changed = await post(target, '/change', { body: new URLSearchParams({ token }) });
    expect(await changed.text()).toContain('Data changed');
  });

  it('exchanges no codes and shows no Graph on the plain port', async () => {
    const target = await running();
    expect((await post(target, '/common/oauth2/v2.0/token')).status).toBe(404);
    expect((await fetch(`${target.info.adminUrl}/v1.0/me`)).status).toBe(404);
  });
});
