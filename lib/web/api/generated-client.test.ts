import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTypescript from 'openapi-typescript';
import { expect, it, onTestFinished, vi } from 'vitest';
import { TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import { lazyGateways } from '#lib/gateway/testing/lazy-gateways.ts';
import { parseEnv } from '#lib/platform/config/env.ts';
import { createTaskFor, LANDING } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { createApiToken } from '#lib/services/token/create-api-token.ts';
import type { Composition } from '../composition.ts';
import { callRoute, NO_ATTEMPTS } from '../testing/api-calls.ts';

vi.mock('server-only', () => ({}));
vi.mock('../composition.ts', () => ({ composition: () => current }));

const { OPERATIONS } = await import('./all-operations.ts');
const { buildOpenApi } = await import('./openapi.ts');

let current: Composition | undefined;
const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A program of somebody who has the OpenAPI document and public packages only. */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { paths } from './schema.ts';

export async function run(fetch: (request: Request) => Promise<Response>, token: string) {
  const api = createClient<paths>({ baseUrl: 'http://localhost:3000', fetch, headers: { authorization: 'Bearer ' + token } });
  const { data: tasks } = await api.GET('/api/v1/tasks', { params: { query: { limit: 10 } } });
  const taskId = tasks?.items[0]?.id ?? '';
  const started = await api.POST('/api/v1/tasks/{taskId}/runs', { params: { path: { taskId } }, body: { full: true } });
  const { data: task, response } = await api.GET('/api/v1/tasks/{taskId}', { params: { path: { taskId } } });
  const etag = response.headers.get('etag') ?? '';
  const renamed = await api.PATCH('/api/v1/tasks/{taskId}', {
    params: { path: { taskId }, header: { 'If-Match': etag } },
    body: { name: 'Renamed', ...(task === undefined ? {} : { gatewayWaitMinutes: task.gatewayWaitMinutes }) },
  });
  const missing = await api.GET('/api/v1/runs/{runId}', { params: { path: { runId: 'run_22222222222222222222' } } });
  return { state: started.data?.state, name: renamed.data?.name, problem: missing.error?.code };
}
`;

it('a client that a public generator makes of the description compiles, and works against the routes', async () => {
  mkdirSync(join(ROOT, '.runtime'), { recursive: true });
  const dir = mkdtempSync(join(ROOT, '.runtime', 'client-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const document = buildOpenApi(OPERATIONS, 'http://localhost:3000');
  writeFileSync(join(dir, 'schema.ts'), await openapiTypescript(structuredClone(document) as never));
  writeFileSync(join(dir, 'program.ts'), PROGRAM);
  const options = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true, types: ['node'] };
  const modules = { module: 'nodenext', target: 'esnext', lib: ['esnext', 'dom'], allowImportingTsExtensions: true };
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(
    join(dir, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, ...modules }, files: ['program.ts'] }),
  );
  execFileSync(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', dir], {
    encoding: 'utf8',
    stdio: 'pipe',
  });

  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const { actor: _, ...services } = ctx;
  current = {
    ...{ services, session: TEST_SESSION, attempts: NO_ATTEMPTS, env: parseEnv({}) },
    gateways: lazyGateways(services),
  };
  const connection = await makeConnection(ctx, world);
  await createTaskFor(ctx, connection.id, 'Nightly', { targetId: LANDING.id });
  const { token } = await createApiToken({ ctx, input: { name: 'client', scopes: ['operate', 'edit'], days: null } });
  const fetch = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const body = await request.text();
    const headers = Object.fromEntries(request.headers);
    return callRoute(`${request.method} ${pathname}${search}`, { token, headers, ...(body === '' ? {} : { body }) });
  };
  const { run } = await import(/* @vite-ignore */ pathToFileURL(join(dir, 'program.ts')).href);
  expect(await run(fetch, token)).toEqual({ state: 'queued', name: 'Renamed', problem: 'not-found' });
}, 60_000);
