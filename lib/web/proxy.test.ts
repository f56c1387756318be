import { NextRequest } from 'next/server';
import { encode } from 'next-auth/jwt';
import { expect, it, vi } from 'vitest';
import { sessionCookieName } from '#lib/auth/session/session.ts';

const SECRET = 'a-secret-of-more-than-thirty-two-characters';
vi.mock('#lib/platform/config/env.ts', () => ({ env: () => ({ AUTH_SECRET: SECRET, baseUrl: 'http://localhost:3000' }) }));

const { proxy } = await import('../../proxy.ts');

const ask = (path: string, headers: Record<string, string> = {}) =>
  proxy(new NextRequest(`http://localhost:3000${path}`, { headers }));
const passes = (response: Response) => response.headers.get('x-middleware-next') === '1';

it('sends the signed-out to the sign-in page, which knows the way back', async () => {
  const response = await ask('/connections/conn_1?tab=columns');
  expect(response.status).toBe(307);
  expect(response.headers.get('location')).toBe(
    'http://localhost:3000/sign-in?callbackUrl=%2Fconnections%2Fconn_1%3Ftab%3Dcolumns',
  );
  expect((await ask('/')).headers.get('location')).toBe('http://localhost:3000/sign-in');
});

it('sends the signed-out of the API reference to the sign-in page: it is a page', async () => {
  expect((await ask('/api/docs')).headers.get('location')).toBe('http://localhost:3000/sign-in?callbackUrl=%2Fapi%2Fdocs');
  expect((await ask('/api/docs-2')).status).toBe(401);
});

it('answers the signed-out of the API with a problem', async () => {
  const response = await ask('/api/v1/runs/run_1');
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
});

it.each(['/sign-in', '/setup?token=x', '/set-password?token=x', '/api/auth/session', '/api/health'])(
  'leaves %s open',
  async (path) => {
    expect(passes(await ask(path))).toBe(true);
  },
);

it.each(['/sign-inside', '/setup-2', '/set-passwords', '/api/healthy', '/api/authors'])(
  'does not take %s for an open path',
  async (path) => {
    expect(passes(await ask(path))).toBe(false);
  },
);

it('lets a valid session cookie through, which tells the page its path, and no forged one', async () => {
  const name = sessionCookieName(false);
  const token = await encode({ secret: SECRET, salt: name, token: { sub: 'user_1', sid: 'x', auth_time: 1 } });
  const response = await ask('/connections?q=1', { cookie: `${name}=${token}` });
  expect(passes(response)).toBe(true);
  expect(response.headers.get('x-middleware-request-x-entrada-path')).toBe('/connections?q=1');
  expect(passes(await ask('/connections', { cookie: `${name}=${token.slice(0, -4)}AAAA` }))).toBe(false);
});

it('lets an API token through to the API alone', async () => {
  const headers = { authorization: 'Bearer entrada_x' };
  expect(passes(await ask('/api/v1/runs/run_1', headers))).toBe(true);
  expect((await ask('/connections', headers)).status).toBe(307);
  expect((await ask('/api/other', headers)).status).toBe(401);
});

it.each(['/connections', '/sign-in', '/setup', '/set-password', '/api/auth/signout'])(
  'refuses what changes something at %s and comes from elsewhere, or says not where from',
  async (path) => {
    const post = (headers: Record<string, string>) =>
      proxy(new NextRequest(`http://localhost:3000${path}`, { method: 'POST', headers }));
    for (const headers of [
      {},
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { authorization: 'Basic x' },
      { authorization: 'Bearer x' },
    ]) {
      const response = await post(headers as Record<string, string>);
      expect(response.status, JSON.stringify(headers)).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'foreign-origin' });
    }
    expect((await post({ origin: 'http://localhost:3000' })).status).not.toBe(403);
  },
);
