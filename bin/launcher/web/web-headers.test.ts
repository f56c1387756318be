import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { setWebHeaders, type WebHeaderSettings } from './web-headers.ts';

const SETTINGS: WebHeaderSettings = { baseUrl: 'http://localhost:3000', dev: false, signInOrigin: null };

/** Returns the headers of the request as a page sees them, and those of the answer. */
async function ask(settings: Partial<WebHeaderSettings> = {}, sent: Record<string, string> = {}) {
  let seen: NodeJS.Dict<string | string[]> = {};
  const server = createServer((request, response) => {
    setWebHeaders(request, response, { ...SETTINGS, ...settings });
    seen = request.headers;
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: sent });
  return { seen, headers: answer.headers };
}

test('scripts run by a nonce that differs in each request, and never by being inline', async () => {
  const [first, second] = [await ask(), await ask()];
  const policy = first.headers.get('content-security-policy') ?? '';
  expect(policy).toContain(`script-src 'self' 'nonce-${first.seen['x-nonce']}' 'strict-dynamic';`);
  expect(/script-src[^;]*unsafe/.test(policy)).toBe(false);
  expect(first.seen['content-security-policy']).toBe(policy);
  expect(first.seen['x-nonce']).not.toBe(second.seen['x-nonce']);
});

test('a client cannot choose the nonce', async () => {
  const { seen } = await ask({}, { 'x-nonce': 'chosen', 'content-security-policy': "script-src 'nonce-chosen'" });
  expect(JSON.stringify(seen)).not.toContain('chosen');
});

test('nothing is stored unless the answer says so; HSTS only where people come by https', async () => {
  const plain = await ask();
  expect(plain.headers.get('cache-control')).toBe('no-store');
  expect(plain.headers.get('strict-transport-security')).toBeNull();
  const secure = await ask({ baseUrl: 'https://entrada.contoso.test', signInOrigin: 'https://login.microsoftonline.com' });
  expect(secure.headers.get('strict-transport-security')).toBe('max-age=31536000');
  expect(secure.headers.get('content-security-policy')).toContain("form-action 'self' https://login.microsoftonline.com;");
});
