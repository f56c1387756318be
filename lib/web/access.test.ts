import { beforeEach, describe, expect, it, vi } from 'vitest';
import { signInForTest, TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import { includesRole, Role } from '#lib/domain/account/role.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { lazyGateways } from '#lib/gateway/testing/lazy-gateways.ts';
import { parseEnv } from '#lib/platform/config/env.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import type { Composition } from './composition.ts';
import { ACTION_ACCESS, type LeastRole, ROUTE_ACCESS } from './testing/access-table.ts';

let current: Composition | undefined;
/** Headers of the request that the server action runs in. */
let headers = new Headers();

vi.mock('server-only', () => ({}));
vi.mock('./composition.ts', () => ({ composition: () => current }));
vi.mock('next/headers', () => ({ headers: async () => headers, cookies: async () => new Map() }));

type ActionModule = Readonly<Record<string, (input: unknown) => Promise<ActionResult<unknown>>>>;
type Handler = (request: Request, route: { params: Promise<Record<string, string>> }) => Promise<Response>;
const ACTION_FILES = import.meta.glob<ActionModule>('/app/**/actions.ts');
const ROUTE_FILES = import.meta.glob<Readonly<Record<string, unknown>>>('/app/**/route.ts');
const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/;

const WHO = ['signed-out', ...Role.options] as const;
type Who = (typeof WHO)[number];

/** The error code with which `who` must be refused; null when allowed. */
function refusalOf(who: Who, least: LeastRole): 'unauthenticated' | 'forbidden' | 'gateway-proof-missing' | null {
  if (least === 'anybody') return null;
  if (least === 'gateway') return 'gateway-proof-missing';
  if (who === 'signed-out') return 'unauthenticated';
  return includesRole(who, least) ? null : 'forbidden';
}

/** The request headers of a person with that role, or of a signed-out client. */
async function become(who: Who): Promise<Headers> {
  const world = await createTestWorld();
  const { actor, ...services } = await world.as(who === 'signed-out' ? 'admin' : who);
  const attempts = { spend: async () => undefined, forgive: async () => undefined };
  current = { services, session: TEST_SESSION, attempts, env: parseEnv({}), gateways: lazyGateways(services) };
  const origin = { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' };
  if (who === 'signed-out') return new Headers(origin);
  return new Headers({ ...origin, cookie: await signInForTest(world.db, actor.userId, world.clock.now()) });
}

async function actions(): Promise<ReadonlyMap<string, ActionModule[string]>> {
  const modules = await Promise.all(Object.values(ACTION_FILES).map((load) => load()));
  return new Map(modules.flatMap((exports) => Object.entries(exports)));
}

async function routes(): Promise<ReadonlyMap<string, Handler>> {
  const found = new Map<string, Handler>();
  for (const [file, load] of Object.entries(ROUTE_FILES)) {
    const path = file
      .replace(/^\/app/, '')
      .replace(/\/route\.ts$/, '')
      .replaceAll(/\/\([^)]*\)/g, '');
    for (const [name, value] of Object.entries(await load()))
      if (METHOD.test(name)) found.set(`${name} ${path}`, value as Handler);
  }
  return found;
}

beforeEach(() => {
  current = undefined;
});

describe('server actions', () => {
  it('are all in the table, and one name is one action', async () => {
    const modules = await Promise.all(Object.values(ACTION_FILES).map((load) => load()));
    const names = modules.flatMap((exports) => Object.keys(exports));
    expect(names.length).toBeGreaterThan(40);
    expect(names.toSorted()).toEqual(Object.keys(ACTION_ACCESS).toSorted());
  });

  it.each(WHO)('refuse a caller who is %s what needs more, before any input is looked at', async (who) => {
    headers = await become(who);
    for (const [name, run] of await actions()) {
      const refusal = refusalOf(who, ACTION_ACCESS[name] ?? 'anybody');
      const result = await run(undefined);
      const code = result.ok ? 'ok' : result.problem.code;
      if (refusal === null) expect(['unauthenticated', 'forbidden', 'internal'], name).not.toContain(code);
      else expect(code, name).toBe(refusal);
    }
  });
});

describe('routes', () => {
  it('are all in the table', async () => {
    const names = [...(await routes()).keys()];
    expect(names.length).toBeGreaterThan(25);
    expect(names.toSorted()).toEqual(Object.keys(ROUTE_ACCESS).toSorted());
  });

  it.each(WHO)('refuse a caller who is %s what needs more, before any input is looked at', async (who) => {
    const sent = await become(who);
    for (const [name, handler] of await routes()) {
      // The route of the sign-in library.
      if (name.endsWith('/api/auth/[...nextauth]')) continue;
      const [method = '', path = ''] = name.split(' ');
      const body = method === 'GET' ? {} : { body: '{"not json' };
      const request = new Request(`http://localhost:3000${path}`, { method, headers: sent, ...body });
      const response = await handler(request, { params: Promise.resolve({}) });
      const refusal = refusalOf(who, ROUTE_ACCESS[name] ?? 'anybody');
      const problem = response.headers.get('content-type')?.includes('problem+json') ? await response.json() : { code: null };
      if (refusal === null) {
        expect(['unauthenticated', 'forbidden', 'internal'], name).not.toContain(problem.code);
        // A stream of events goes on until nobody reads it.
        if (!response.bodyUsed) await response.body?.cancel();
        continue;
      }
      const status = refusal === 'forbidden' ? 403 : 401;
      expect([response.status, problem.code, request.bodyUsed], name).toEqual([status, refusal, false]);
    }
  });
});
