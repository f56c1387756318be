import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import { parseEnv } from '#lib/platform/config/env.ts';
import { datasetDefinition } from '#lib/services/testing/fake-executor.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { createApiToken } from '#lib/services/token/create-api-token.ts';
import { OPERATIONS } from '../api/all-operations.ts';
import { buildOpenApi } from '../api/openapi.ts';
import type { Operation } from '../api/operation.ts';
import type { Composition } from '../composition.ts';
import { NO_ATTEMPTS } from './api-calls.ts';

export const ORIGIN = 'http://localhost:3000';

/** `/api/v1/runs/{runId}` -> `app/api/v1/runs/[runId]/route.ts` */
export const fileOf = (path: string): string => `app${path.replaceAll('{', '[').replaceAll('}', ']')}/route.ts`;

/** Answers are untyped here: the test is about their schemas. */
type Loose = ReturnType<typeof JSON.parse>;

export interface OperationInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
/** Response of an operation; `json` is null where it is not JSON. */
export interface OperationAnswer {
  readonly response: Response;
  readonly json: Loose;
}

type Handler = (request: Request, route: { params: Promise<Record<string, string> | undefined> }) => Promise<Response>;

/** Every route handler below /api/v1, by its file. */
const ROUTES = import.meta.glob<Record<string, Handler>>('/app/api/v1/**/route.ts');

/**
 * Calls the product's route handlers by the id of their operation, with an API token, on a database of this test. Each answer is checked against
 * its schema and against the published document. A test replaces `composition()` by the one that `use` gets.
 */
export async function withApi(use: (composition: Composition) => void) {
  const world = await createTestWorld();
  world.executor.offered = [{ ...datasetDefinition('chats', []), origin: 'advanced' }];
  const ctx = await world.as('admin');
  const { actor, ...services } = ctx;
  use({ ...({ services, session: TEST_SESSION, env: parseEnv({}) } as Composition), attempts: NO_ATTEMPTS });
  const connection = await makeConnection(ctx, world);
  const { token } = await createApiToken({ ctx, input: { name: 'script', scopes: ['operate', 'edit', 'admin'], days: null } });
  const called = new Set<string>();
  const validate = validatorOf(buildOpenApi(OPERATIONS, ORIGIN) as { components: object });

  async function call(id: string, given: OperationInput = {}): Promise<OperationAnswer> {
    const operation = OPERATIONS.find((one) => one.id === id);
    if (operation === undefined) throw new TypeError(`no operation ${id}`);
    called.add(id);
    const response = await send(operation, token, { connectionId: connection.id, ...given.params }, given);
    if (response.status !== operation.response.status) throw new Error(`${id}: ${response.status} ${await response.text()}`);
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (type !== 'application/json' || operation.response.schema === null || given.query?.['format'] !== undefined) {
      expect(operation.response.types, id).toContain(type);
      return { response, json: null };
    }
    const json = await response.json();
    // The answer has no members outside of its schema: parsing drops unknown members.
    expect(operation.response.schema.parse(json), id).toEqual(json);
    validate(operation, json);
    return { response, json };
  }
  return { world, ctx, connection, token, called, call, actor };
}

export type DescribedApi = Awaited<ReturnType<typeof withApi>>;

async function send(
  operation: Operation,
  token: string,
  params: Record<string, string>,
  { query, body, headers }: OperationInput,
): Promise<Response> {
  const load = ROUTES[`/${fileOf(operation.path)}`];
  const handler = (await load?.())?.[operation.method];
  if (handler === undefined) throw new TypeError(`no handler for ${operation.id}`);
  const url = new URL(
    operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? ''),
    ORIGIN,
  );
  url.search = new URLSearchParams(query).toString();
  const wanted = Object.fromEntries(Object.entries(params).filter(([name]) => operation.path.includes(`{${name}}`)));
  const request = new Request(url, {
    method: operation.method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  // Next passes no params to a route without dynamic segments, contrary to its types.
  const segments = Object.keys(wanted).length === 0 ? undefined : wanted;
  return handler(request, { params: Promise.resolve(segments) });
}

/** Validates answers against the published document, with a validator that is independent of zod. Compiles each schema once. */
function validatorOf(document: { components: object }): (operation: Operation, json: unknown) => void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ components: document.components }, 'api');
  const paths = (
    document as unknown as {
      paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>>;
    }
  ).paths;
  return (operation, json) => {
    const described = paths[operation.path]?.[operation.method.toLowerCase()]?.responses[operation.response.status];
    const schema = JSON.stringify(described?.content['application/json']?.schema ?? {});
    const check = ajv.compile(JSON.parse(schema.replaceAll('"#/components/', '"api#/components/')) as object);
    expect(check(json) ? [] : check.errors, operation.id).toEqual([]);
  };
}
