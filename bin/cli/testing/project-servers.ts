import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { createDatasetRunner } from '#lib/executor/run-dataset.ts';
import { type Rows, readLandedRows } from '#lib/executor/testing/tenant-rows.ts';
import { lazyGateways } from '#lib/gateway/testing/lazy-gateways.ts';
import { reloadRun } from '#lib/jobs/handlers/reload-run.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { parseEnv } from '#lib/platform/config/env.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { updateBuiltInTargets } from '#lib/services/target/update-built-in-targets.ts';
import { listTasks } from '#lib/services/task/list-tasks.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { createApiToken } from '#lib/services/token/create-api-token.ts';
import { accessTokensFrom } from '#lib/source/connect.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import { landingDatabase, localLake } from '#lib/targets/built-in.ts';
import type { Composition } from '#lib/web/composition.ts';
import { callRoute, NO_ATTEMPTS } from '#lib/web/testing/api-calls.ts';
import { buildProgram } from '../program.ts';

/** The server that the next request goes to. */
export const current: { composition: Composition | undefined } = { composition: undefined };

export interface ProjectServer {
  /** Runs a command against the server; answers what it printed and its exit code. */
  readonly entrada: (...args: readonly string[]) => Promise<{ readonly output: string; readonly code: number }>;
  /** The environment of the command line. */
  readonly variables: Record<string, string | undefined>;
  /** Reloads a task in this process and reads what is landed. */
  readonly reload: (task: string, schema: string) => Promise<Rows>;
}

export async function startTenant(users: number): Promise<{ readonly emulator: RunningEmulator; readonly dir: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-project-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const emulator = await startEmulator({ dir: join(dir, 'emulator'), users, redirectUris: [], httpPort: 0, tlsPort: 0 });
  onTestFinished(() => emulator.stop());
  return { emulator, dir };
}

/** An empty server that reaches the tenant, with the command line in front of it. */
export async function startServer(
  { emulator, dir }: { readonly emulator: RunningEmulator; readonly dir: string },
  variables: Record<string, string | undefined>,
): Promise<ProjectServer> {
  const world = await createTestWorld();
  const admin = await world.as('admin');
  const [graphOrigin, signInOrigin] = [emulator.info.graphBaseUrl, emulator.info.adminUrl].map((url) => new URL(url).origin);
  const cloud = {
    name: 'Emulated',
    graphOrigin: graphOrigin ?? '',
    authorityOrigin: emulator.info.authority,
    signInOrigin: signInOrigin ?? '',
  };
  const config = {
    ...{ extraClouds: [cloud], caPem: emulator.caPem, clock: systemClock },
    openAccessTokens: accessTokensFrom((at) => createTokenCacheStore(admin, at.tokenCacheId, at.id)),
  };
  const operations = createSourceOperations(config);
  const ctx = { ...admin, clock: systemClock, executor: () => operations, config: { ...admin.config, clouds: [cloud] } };
  await updateBuiltInTargets({ ctx, input: { landing: landingDatabase(world.url), lake: localLake(join(dir, 'lake')) } });
  const { actor: _, ...services } = ctx;
  const input = { name: 'git', scopes: ['operate', 'edit', 'admin'], days: null } as const;
  const { token } = await createApiToken({ ctx: admin, input: { ...input, scopes: [...input.scopes] } });
  const composition = {
    ...{ services, session: TEST_SESSION, attempts: NO_ATTEMPTS, env: parseEnv({}) },
    gateways: lazyGateways(services),
  };
  const fetch: typeof globalThis.fetch = async (asked, init = {}) => {
    current.composition = composition;
    const { pathname, search } = new URL(String(asked));
    const { headers, body } = init;
    return callRoute(`${init.method ?? 'GET'} ${pathname}${search}`, {
      token,
      headers: Object.fromEntries(new Headers(headers)),
      ...(body === undefined ? {} : { body }),
    });
  };
  return {
    variables,
    entrada: async (...args) => {
      let output = '';
      const print = (text: string) => {
        output += text;
      };
      const server = 'http://localhost:3000';
      const { program, exitCode } = buildProgram({ server, token, fetch, print, variables, ask: null, local: null });
      await program.parseAsync([...args], { from: 'user' });
      return { output, code: exitCode() };
    },
    reload: async (name, schema) => {
      const task = (await listTasks({ ctx, input: {} })).find((each) => each.name === name);
      const run = await startRun({ ctx, input: { taskId: task?.id ?? '' } });
      const rules = { networks: [], folders: [] };
      const runner = createDatasetRunner({ config, rules, workDir: dir });
      await reloadRun({ ...ctx, runner: () => runner }, run.id, new AbortController().signal);
      return readLandedRows(world.url, schema);
    },
  };
}
