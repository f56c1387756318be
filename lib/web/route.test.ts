import { afterEach, describe, expect, it, vi } from 'vitest';
import { signInForTest, TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import type { Role } from '#lib/domain/account/role.ts';
import { lazyGateways } from '#lib/gateway/testing/lazy-gateways.ts';
import { parseEnv } from '#lib/platform/config/env.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { createApiToken } from '#lib/services/token/create-api-token.ts';
import { revokeApiToken } from '#lib/services/token/revoke-api-token.ts';
import { endSessions } from '#lib/store/account/sessions.ts';
import type { Composition } from './composition.ts';

vi.mock('server-only', () => ({}));
vi.mock('./composition.ts', () => ({ composition: () => current }));

const { defineRoute } = await import('./route.ts');
const { sseResponse } = await import('./sse.ts');

let current: Composition | undefined;
afterEach(() => {
  current = undefined;
});

const ORIGIN = 'http://localhost:3000';
const route = { params: Promise.resolve({}) };

/** The process's composition with a database of this test, and the cookie of a person with the role. */
async function signedIn(role: Role) {
  const world = await createTestWorld();
  const ctx = await world.as(role);
  const { actor, ...services } = ctx;
  const attempts = { spend: async () => undefined, forgive: async () => undefined };
  current = { services, session: TEST_SESSION, attempts, env: parseEnv({}), gateways: lazyGateways(services) };
  return { world, ctx, actor, cookie: await signInForTest(world.db, actor.userId, world.clock.now()) };
}

describe('defineRoute', () => {
  it('answers the signed-out with 401 and a problem, and does nothing', async () => {
    await signedIn('admin');
    let ran = false;
    const handler = defineRoute(async () => {
      ran = true;
    });
    const response = await handler(new Request(`${ORIGIN}/api/v1/x`), route);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      type: 'urn:entrada:problem:unauthenticated',
      status: 401,
      title: 'You are not signed in.',
    });
    expect(ran).toBe(false);
  });

  it('gives the signed-in person to the service and answers JSON', async () => {
    const { cookie, actor } = await signedIn('viewer');
    const handler = defineRoute(async (ctx) => ({ who: ctx.actor.userId }));
    const response = await handler(new Request(`${ORIGIN}/api/v1/x`, { headers: { cookie } }), route);
    expect(await response.json()).toEqual({ who: actor.userId });
  });

  it('refuses a change that comes from a page of another origin, or says none, but not one that a token authenticated', async () => {
    const { ctx, cookie } = await signedIn('admin');
    let ran = 0;
    const handler = defineRoute(async () => ++ran);
    const post = (headers: Record<string, string>) =>
      handler(new Request(`${ORIGIN}/api/v1/x`, { method: 'POST', headers }), route);
    expect((await post({ cookie })).status).toBe(403);
    expect((await post({ cookie, origin: 'https://evil.test' })).status).toBe(403);
    expect((await post({ cookie, origin: 'null' })).status).toBe(403);
    expect((await post({ cookie, authorization: 'Basic eDp5' })).status).toBe(403);
    expect((await post({ cookie, authorization: 'Bearer' })).status).toBe(403);
    expect((await post({ cookie, authorization: 'Bearer wrong' })).status).toBe(401);
    expect(ran).toBe(0);
    expect((await post({ cookie, origin: ORIGIN })).status).toBe(200);
    const { token } = await createApiToken({ ctx, input: { name: 'ci', scopes: ['operate', 'edit', 'admin'], days: 30 } });
    expect((await post({ authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('tells a known problem as it is, and of an unknown error only a reference', async () => {
    const { cookie } = await signedIn('admin');
    const get = (error: Error) =>
      defineRoute(async () => {
        throw error;
      })(new Request(`${ORIGIN}/api/v1/x`, { headers: { cookie } }), route);
    const conflict = await get(new ConflictError({ code: 'run-in-progress', title: 'It runs.', link: '/runs/run_1' }));
    expect(conflict.status).toBe(409);
    expect(await conflict.json()).toMatchObject({ code: 'run-in-progress', link: '/runs/run_1' });
    const internal = await get(new Error('password=hunter2'));
    expect(internal.status).toBe(500);
    const text = await internal.text();
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({ code: 'internal', reference: { requestId: expect.any(String) } });
  });
});

describe('sseResponse', () => {
  const asking = (headers: Record<string, string>) => new Request(ORIGIN, { headers });

  it('sends events as they come and ends with the source', async () => {
    const { cookie } = await signedIn('viewer');
    const response = sseResponse(asking({ cookie }), async function* () {
      yield { event: 'run', data: { state: 'running' } };
      yield { event: 'run', data: { text: 'two\nlines' } };
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe('event: run\ndata: {"state":"running"}\n\nevent: run\ndata: {"text":"two\\nlines"}\n\n');
  });

  it('stops its source when the browser goes away', async () => {
    const { cookie } = await signedIn('viewer');
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    const response = sseResponse(asking({ cookie }), async function* (signal) {
      signal.addEventListener('abort', () => resolve(), { once: true });
      yield { event: 'run', data: 1 };
      await stopped;
    });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await stopped;
  });

  it('tells nothing more once the session, the account or the token has ended with which it was opened', async () => {
    const { world, ctx, actor, cookie } = await signedIn('viewer');
    const { id, token } = await createApiToken({ ctx, input: { name: 'ci', scopes: ['read'], days: 30 } });
    const endings = [
      [{ authorization: `Bearer ${token}` }, () => revokeApiToken({ ctx, input: { tokenId: id } })],
      [{ cookie }, () => world.db.$transaction((tx) => endSessions(tx, actor.userId))],
      [null, () => world.db.user.update({ where: { id: actor.userId }, data: { disabled: true } })],
    ] as const;
    for (const [given, end] of endings) {
      const headers = given ?? { cookie: await signInForTest(world.db, actor.userId, world.clock.now()) };
      const text = await sseResponse(asking(headers), async function* () {
        yield { event: 'run', data: 'before' };
        await end();
        yield { event: 'run', data: 'after' };
      }).text();
      expect(text).toBe('event: run\ndata: "before"\n\n');
    }
  });

  it('ends within seconds also when it has nothing to tell', async () => {
    const { world, actor, cookie } = await signedIn('viewer');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const response = sseResponse(asking({ cookie }), async function* (signal) {
        yield { event: 'run', data: 1 };
        await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
      });
      const reader = response.body?.getReader();
      await reader?.read();
      await world.db.user.update({ where: { id: actor.userId }, data: { disabled: true } });
      const end = reader?.read();
      vi.advanceTimersByTime(5000);
      expect(await end).toMatchObject({ done: true });
    } finally {
      vi.useRealTimers();
    }
  });
});
