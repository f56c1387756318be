import { afterEach, describe, expect, it, vi } from 'vitest';
import { TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import type { TokenScope } from '#lib/domain/account/api-token.ts';
import { lazyGateways } from '#lib/gateway/testing/lazy-gateways.ts';
import { parseEnv } from '#lib/platform/config/env.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { createApiToken } from '#lib/services/token/create-api-token.ts';
import type { Composition } from '../composition.ts';
import { type ApiCall, callRoute, NO_ATTEMPTS } from '../testing/api-calls.ts';

vi.mock('server-only', () => ({}));
vi.mock('../composition.ts', () => ({ composition: () => current }));

const { createRateLimiter, RATE_REQUESTS } = await import('./rate-limit.ts');
const { pageOf } = await import('./page.ts');
const { OPERATIONS } = await import('./all-operations.ts');

let current: Composition | undefined;
afterEach(() => {
  current = undefined;
});

async function withApi() {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  const { actor: _actor, ...services } = ctx;
  current = { services, session: TEST_SESSION, attempts: NO_ATTEMPTS, env: parseEnv({}), gateways: lazyGateways(services) };
  const tokenOf = async (scopes: readonly TokenScope[], connectionId: string | null = null) =>
    (await createApiToken({ ctx, input: { name: 'script', scopes: [...scopes], connectionId, days: 30 } })).token;
  return { world, ctx, tokenOf };
}

async function problemOf(call: string, given: ApiCall) {
  const response = await callRoute(call, given);
  return [response.status, (await response.json()).code];
}

describe('a POST with an Idempotency-Key', () => {
  const target = { name: 'Lake', kind: 'folder', settings: { path: '/srv/lake' } };

  it('is done once: a repetition gets the same answer, until 24 hours are over', async () => {
    const { world, tokenOf } = await withApi();
    const given = { token: await tokenOf(['edit']), body: target, headers: { 'idempotency-key': '"a-1"' } };
    const first = await callRoute('POST /api/v1/targets', given);
    const again = await callRoute('POST /api/v1/targets', given);
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
    expect(await again.json()).toEqual(await first.json());
    expect(await world.db.target.count({ where: { name: 'Lake' } })).toBe(1);
    world.clock.forward(24 * 3600_000);
    expect(await problemOf('POST /api/v1/targets', given)).toEqual([422, 'name-taken']);
    expect(await problemOf('POST /api/v1/targets', given)).toEqual([422, 'name-taken']);
  });

  it('is refused for another request, while the first has no answer, and with a broken key', async () => {
    const { world, tokenOf } = await withApi();
    const token = await tokenOf(['edit']);
    const headers = { 'idempotency-key': 'b-1' };
    await callRoute('POST /api/v1/targets', { token, body: target, headers });
    const other = { token, body: { ...target, name: 'Other' }, headers };
    expect(await problemOf('POST /api/v1/targets', other)).toEqual([422, 'idempotency-key-reused']);
    const broken = { token, body: target, headers: { 'idempotency-key': 'two words' } };
    expect(await problemOf('POST /api/v1/targets', broken)).toEqual([422, 'idempotency-key-broken']);
    // Each token has its own idempotency keys.
    expect((await callRoute('POST /api/v1/targets', { ...other, token: await tokenOf(['edit']) })).status).toBe(201);
    expect(await world.db.target.count({ where: { name: { in: ['Lake', 'Other'] } } })).toBe(2);
  });

  it('keeps nothing readable of an answer', async () => {
    const { world, tokenOf } = await withApi();
    const given = { token: await tokenOf(['admin']), body: { name: 'Plant' }, headers: { 'idempotency-key': 'c-1' } };
    const { registration } = await (await callRoute('POST /api/v1/gateways', given)).json();
    expect(await (await callRoute('POST /api/v1/gateways', given)).json()).toMatchObject({ registration });
    expect(JSON.stringify(await world.db.idempotencyKey.findMany())).not.toContain(registration.key);
  });

  it('may be repeated after a refusal that is not about the request', async () => {
    const { world, tokenOf } = await withApi();
    const token = await tokenOf(['read']);
    const given = { token, body: target, headers: { 'idempotency-key': 'd-1' } };
    expect(await problemOf('POST /api/v1/targets', given)).toEqual([403, 'read-only-token']);
    await world.db.apiToken.updateMany({ data: { scopes: ['read', 'edit'] } });
    expect((await callRoute('POST /api/v1/targets', given)).status).toBe(201);
  });
});

describe('a token of one connection', () => {
  it('lists and reaches what belongs to it, and is refused everything else', async () => {
    const { world, ctx, tokenOf } = await withApi();
    const [own, other] = [await makeConnection(ctx, world), await makeConnection(ctx, world, 'Other')];
    const mine = await createTaskFor(ctx, own.id, 'Mine');
    const theirs = await createTaskFor(ctx, other.id, 'Theirs', { schema: 'theirs' });
    const token = await tokenOf(['operate', 'edit', 'admin'], own.id);
    const namesOf = async (call: string) =>
      (await (await callRoute(call, { token })).json()).items.map(({ name }: { name: string }) => name);
    expect(await namesOf('GET /api/v1/connections')).toEqual([own.name]);
    expect(await namesOf('GET /api/v1/tasks')).toEqual(['Mine']);
    expect((await callRoute(`POST /api/v1/tasks/${mine.id}/runs`, { token })).status).toBe(201);
    const refused = [403, 'token-of-one-connection'];
    expect(await problemOf(`POST /api/v1/tasks/${theirs.id}/runs`, { token })).toEqual(refused);
    expect(await problemOf(`GET /api/v1/connections/${other.id}/metadata/datasets`, { token })).toEqual(refused);
    expect(await problemOf(`GET /api/v1/tasks?connectionId=${other.id}`, { token })).toEqual(refused);
    expect(await problemOf('GET /api/v1/gateways', { token })).toEqual(refused);
    expect(await problemOf('GET /api/v1/audit', { token })).toEqual(refused);
  });

  it('reaches nothing that an operation does not say is of a connection, but for a short list', () => {
    expect(OPERATIONS.flatMap(({ id, anyConnection }) => (anyConnection === true ? [id] : []))).toEqual([
      'listTargets',
      'listTargetKinds',
      'getOpenApi',
    ]);
  });
});

describe('the quota of requests', () => {
  it('is said with every answer', async () => {
    const { tokenOf } = await withApi();
    const { headers } = await callRoute('GET /api/v1/targets', { token: await tokenOf(['read']) });
    expect(headers.get('ratelimit-policy')).toBe(`"requests";q=${RATE_REQUESTS};w=60`);
    expect(headers.get('ratelimit')).toBe(`"requests";r=${RATE_REQUESTS - 1};t=60`);
  });

  it('refuses one caller beyond it, no other, until its window ends', () => {
    const count = createRateLimiter();
    const at = (ms: number) => new Date(ms);
    for (let sent = 0; sent < RATE_REQUESTS; sent++) count('a', at(sent));
    expect(count('a', at(30_000))).toEqual({ allowed: false, remaining: 0, resetSeconds: 30 });
    expect(count('b', at(30_000)).allowed).toBe(true);
    expect(count('a', at(60_000)).allowed).toBe(true);
  });
});

describe('a page of a list', () => {
  const rows = ['d', 'a', 'c', 'b'].map((id) => ({ id }));
  const keyOf = ({ id }: { readonly id: string }) => [id];

  it('goes on after the last item of the page before, also when that one is gone', () => {
    const first = pageOf(rows, { limit: 2 }, keyOf);
    expect(first).toMatchObject({ items: [{ id: 'a' }, { id: 'b' }], limit: 2 });
    const rest = pageOf(
      rows.filter(({ id }) => id !== 'b'),
      { cursor: first.nextCursor ?? '', limit: 2 },
      keyOf,
    );
    expect(rest).toEqual({ items: [{ id: 'c' }, { id: 'd' }], nextCursor: null, limit: 2 });
    expect(() => pageOf(rows, { cursor: 'nonsense', limit: 2 }, keyOf)).toThrow('not a cursor');
  });
});
