import { afterEach, describe, expect, it, vi } from 'vitest';
import { TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import type { TokenScope } from '#lib/domain/account/api-token.ts';
import { lazyGateways } from '#lib/gateway/testing/lazy-gateways.ts';
import { parseEnv } from '#lib/platform/config/env.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { createApiToken } from '#lib/services/token/create-api-token.ts';
import type { Composition } from '../composition.ts';
import type { Operation } from './operation.ts';

vi.mock('server-only', () => ({}));
vi.mock('../composition.ts', () => ({ composition: () => current }));

const { OPERATIONS } = await import('./all-operations.ts');
const { kindOf } = await import('./operation.ts');

let current: Composition | undefined;
afterEach(() => {
  current = undefined;
});

const FULL: readonly TokenScope[] = ['operate', 'edit', 'admin'];

type Handler = (request: Request, route: { params: Promise<Record<string, string>> }) => Promise<Response>;
const ROUTES = import.meta.glob<Record<string, Handler>>('/app/api/v1/**/route.ts');

async function withToken(role: 'viewer' | 'admin', scopes: readonly TokenScope[]) {
  const world = await createTestWorld();
  const ctx = await world.as(role);
  const { actor, ...services } = ctx;
  const attempts = { spend: async () => undefined, forgive: async () => undefined };
  current = { services, session: TEST_SESSION, attempts, env: parseEnv({}), gateways: lazyGateways(services) };
  const { token } = await createApiToken({ ctx, input: { name: 'script', scopes: [...scopes], connectionId: null, days: 30 } });
  return { world, token };
}

/** Calls an operation with ids that do not exist and an invalid body. */
async function call(operation: Operation, token: string) {
  const file = `/app${operation.path.replaceAll('{', '[').replaceAll('}', ']')}/route.ts`;
  const handler = (await ROUTES[file]?.())?.[operation.method];
  if (handler === undefined) throw new TypeError(`no handler for ${operation.id}`);
  const request = new Request(`http://localhost:3000${operation.path}`, {
    method: operation.method,
    headers: { authorization: `Bearer ${token}` },
    ...(operation.method === 'GET' ? {} : { body: '{"not json' }),
  });
  const response = await handler(request, { params: Promise.resolve({}) });
  const problem = response.headers.get('content-type')?.includes('json') ? await response.json() : null;
  return { status: response.status, code: problem?.code, bodyUsed: request.bodyUsed };
}

describe('the API', () => {
  it('looks at no input of who may not call the operation', async () => {
    const { token } = await withToken('viewer', FULL);
    const tooHigh = OPERATIONS.filter(({ role }) => role !== 'viewer');
    expect(tooHigh.length).toBeGreaterThan(10);
    for (const operation of tooHigh) {
      expect(await call(operation, token), operation.id).toEqual({ status: 403, code: 'forbidden', bodyUsed: false });
    }
  });

  it('refuses a file of which only a part arrived, in words', async () => {
    const { token } = await withToken('admin', FULL);
    const operation = OPERATIONS.find(({ bodyTypes, path }) => bodyTypes !== undefined && path.endsWith('/import'));
    const path = operation?.path ?? '';
    const handler = (await ROUTES[`/app${path.replaceAll('{', '[').replaceAll('}', ']')}/route.ts`]?.())?.['POST'];
    const request = new Request(`http://localhost:3000${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-length': '20000000', 'content-type': 'application/yaml' },
      body: 'version: 1\n',
    });
    const response = await handler?.(request, { params: Promise.resolve({ connectionId: 'conn_22222222222222222222' }) });
    expect([response?.status, await response?.json()]).toMatchObject([
      400,
      { code: 'body-cut-off', title: 'Only 11 of 20000000 bytes of the request arrived.' },
    ]);
  });

  it('lets a read-only token do what reads, and nothing that changes, whatever its owner may do', async () => {
    const { world, token } = await withToken('admin', ['read']);
    const before = await world.db.auditEvent.count();
    const reading = OPERATIONS.filter((operation) => kindOf(operation) === 'reads');
    expect(reading.filter(({ method }) => method !== 'GET').map(({ id }) => id)).toEqual(['previewSchedule']);
    for (const operation of OPERATIONS.filter((each) => !reading.includes(each))) {
      expect(await call(operation, token), operation.id).toEqual({ status: 403, code: 'read-only-token', bodyUsed: false });
    }
    expect(await world.db.auditEvent.count()).toBe(before);
    for (const operation of reading) {
      expect((await call(operation, token)).code, operation.id).not.toBe('read-only-token');
    }
  });
});
