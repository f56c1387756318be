import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@microsoft/microsoft-graph-client';
import { PgBoss } from 'pg-boss';
import { expect, onTestFinished, vi } from 'vitest';
import type { Cloud } from '#lib/domain/connection/connection.ts';
import { FINAL_RUN_STATES, type RunDto } from '#lib/domain/run/run.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { GraphFaultSettings } from '#lib/emulator/graph/faults.ts';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { completeSignIn } from '#lib/emulator/testing/browser.ts';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { type Rows, readLakeRows, readLandedRows, readTenantRows } from '#lib/executor/testing/tenant-rows.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { parseKeyRing } from '#lib/platform/crypto/crypto.ts';
import { createLog } from '#lib/platform/log.ts';
import { createConnection } from '#lib/services/connection/create-connection.ts';
import type { Context } from '#lib/services/context.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { createTask } from '#lib/services/task/create-task.ts';
import { LAKE, LANDING } from '#lib/services/testing/make-task.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { startVerification } from '#lib/services/verification/start-verification.ts';
import { verifyCode } from '#lib/services/verification/verify-code.ts';
import { accessTokensFrom } from '#lib/source/connect.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import { createSdkClient } from '../../../e2e/support/graph-sdk.ts';
import { reloadRunJob } from '../definitions/reload-run.ts';
import { createRunQueue } from '../queue.ts';
import { COMPILE_CACHE, emulatedCloud, startWorkerProcess, type WorkerProcess } from './worker-process.ts';

export type { WorkerProcess } from './worker-process.ts';

const REDIRECT_URI = 'http://localhost:3000/auth/oauth/code';
const READY_MS = 60_000;
const ENDED_MS = 120_000;
/** Small pages and slow answers, so that kills happen in the middle of a run. */
const PAGE_SIZE = 20;
const LATENCY_MS = 50;

/** `together`: Reload and compare, all datasets of a run at once; so are `load` and `lake`. */
export type TaskKind = 'compare' | 'together' | 'load' | 'lake';

export interface WorkerRig {
  readonly ctx: Context;
  readonly databaseUrl: string;
  /** Folder for all files of the rig and its processes. */
  readonly dir: string;
  /** How the tasks `load` and `lake` publish. */
  readonly publish: TaskTarget['settings']['publish'];
  /** Environment of a process that can reach the tenant. */
  readonly reach: Readonly<Record<string, string>>;
  /** Secrets that must not appear in logs or tables. */
  readonly secrets: readonly string[];
  /** Faults of Graph beside those of the rig, until the tenant is read. */
  misbehave(faults: GraphFaultSettings): Promise<void>;
  /** Changes the tenant: adds, removes and edits people. */
  passDay(): Promise<void>;
  startRun(kind: TaskKind): Promise<string>;
  run(runId: string): Promise<RunDto>;
  /** Waits until a worker has the job of the run. */
  untilActive(runId: string): Promise<void>;
  untilEnded(runId: string): Promise<RunDto>;
  /** Expires the job at once, as the queue does 10 s after the last heartbeat of a dead worker. */
  expireJob(runId: string): Promise<void>;
  /** `over`: environment variables in addition to those of the rig. */
  startWorker(over?: Readonly<Record<string, string>>): Promise<WorkerProcess>;
  readTenant(): Promise<Rows>;
  readTarget(kind: TaskKind): Promise<Rows>;
  /** Stages in the work folder. */
  stages(): readonly string[];
}

export interface WorkerRigOptions {
  /** Latency of the tenant. */
  readonly latencyMs?: number;
  /** How the tasks `load` and `lake` publish; default `together`. */
  readonly publish?: TaskTarget['settings']['publish'];
}

/** An emulated tenant, a database, a connection, and a task of each update method. Removed when the test ends. */
export async function createWorkerRig({
  latencyMs = LATENCY_MS,
  publish = 'together',
}: WorkerRigOptions = {}): Promise<WorkerRig> {
  const slow: GraphFaultSettings = { pageSizeMax: PAGE_SIZE, latencyMs };
  const dir = mkdtempSync(join(tmpdir(), 'entrada-worker-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const ports = { httpPort: 0, tlsPort: 0 };
  const emulator = await startEmulator({ dir: join(dir, 'emulator'), users: 120, redirectUris: [REDIRECT_URI], ...ports });
  onTestFinished(() => emulator.stop());
  const keyRing = `k1:${randomBytes(32).toString('base64')}`;
  const ring = parseKeyRing(keyRing);
  const world = await createTestWorld({ ring });
  const clouds = [emulatedCloud(emulator)];
  const queue = createRunQueue({ databaseUrl: world.url, log: createLog('test', 'silent') });
  onTestFinished(() => queue.stop());
  const editor = await world.as('editor');
  const ctx = {
    ...editor,
    queue,
    executor: operationsIn({ db: world.db, ring }, clouds, emulator.caPem),
    config: { ...editor.config, clouds },
    clock: systemClock,
  };
  const tasks = await makeTasks(ctx, await connect(ctx, emulator), publish);
  const boss = await openQueue(world.url);
  const sdk = await createSdkClient({ ...emulator.info, caPem: emulator.caPem });
  await setFaults(emulator, slow);
  const caFile = join(dir, 'ca.pem');
  writeFileSync(caFile, emulator.caPem);
  const reach = { ENTRADA_EXTRA_CLOUDS: JSON.stringify(clouds), ENTRADA_EXTRA_CA_FILE: caFile };
  const env = {
    DATABASE_URL: world.url,
    ENTRADA_SECRET_KEY: keyRing,
    ENTRADA_DATA_DIR: dir,
    ...reach,
    ...COMPILE_CACHE,
  };
  const run = (runId: string): Promise<RunDto> => getRun({ ctx, input: { runId } });
  const jobIdOf = async (runId: string): Promise<string> =>
    (await world.db.run.findUniqueOrThrow({ where: { id: runId }, select: { jobId: true } })).jobId ?? '';
  const untilActive = async (runId: string): Promise<void> => {
    const jobId = await jobIdOf(runId);
    const isActive = async () => expect((await boss.getJobById(reloadRunJob.name, jobId))?.state).toMatch(/active|completed/);
    await vi.waitFor(isActive, { timeout: READY_MS, interval: 20 });
  };
  const untilEnded = (runId: string): Promise<RunDto> => {
    const ended = async (): Promise<RunDto> => {
      const now = await run(runId);
      expect(FINAL_RUN_STATES.has(now.state)).toBe(true);
      return now;
    };
    return vi.waitFor(ended, { timeout: ENDED_MS, interval: 100 });
  };
  return {
    ctx,
    databaseUrl: world.url,
    ...{ dir, publish, reach, secrets: [emulator.info.clientSecret, emulator.info.password] },
    misbehave: (faults) => setFaults(emulator, { ...slow, ...faults }),
    passDay: async () => void (await emulator.mutate({})),
    startRun: async (kind) => (await startRun({ ctx, input: { taskId: tasks[kind] } })).id,
    run,
    untilActive,
    untilEnded,
    expireJob: async (runId) => void (await boss.fail(reloadRunJob.name, await jobIdOf(runId))),
    startWorker: (over) => startWorkerProcess({ ...env, ...over }),
    readTenant: () => readHealed(emulator, sdk, slow),
    readTarget: (kind) => (kind === 'lake' ? readLakeRows(join(dir, 'lake', kind)) : readLandedRows(world.url, kind)),
    stages: () => readdirSync(join(dir, 'work')),
  };
}

/** The operations at the source of the server itself. */
function operationsIn(deps: Pick<Context, 'db' | 'ring'>, clouds: readonly Cloud[], caPem: string): Context['executor'] {
  const operations = createSourceOperations({
    ...{ extraClouds: clouds, caPem, clock: systemClock },
    openAccessTokens: accessTokensFrom((at) => createTokenCacheStore(deps, at.tokenCacheId, at.id)),
  });
  return () => operations;
}

/** The queue, to query and expire jobs; processes none. */
async function openQueue(connectionString: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString, max: 1, supervise: false, schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  onTestFinished(() => boss.stop({ graceful: false }));
  return boss;
}

/** Creates a connection by the steps of a person. */
async function connect(ctx: Context, { info }: RunningEmulator): Promise<string> {
  const { clientId, clientSecret, graphBaseUrl, authority, adminUrl, users, password } = info;
  const { id, authorizeUrl } = await startVerification({ ctx, input: { clientId, clientSecret, graphBaseUrl } });
  const account = { username: users[0]?.username ?? '', password };
  const landed = await completeSignIn(authorizeUrl.replace(authority, adminUrl), account);
  await verifyCode({ ctx, input: { verificationId: id, pasted: landed.searchParams.get('code') ?? '' } });
  return (await createConnection({ ctx, input: { verificationId: id, name: 'Killed' } })).id;
}

async function makeTasks(
  ctx: Context,
  connectionId: string,
  publish: TaskTarget['settings']['publish'],
): Promise<Readonly<Record<TaskKind, string>>> {
  const datasets = await listDatasets({ ctx, input: { connectionId } });
  const datasetIds = datasets.filter(({ name }) => ['users', 'group_members'].includes(name)).map(({ id }) => id);
  const make = async (name: TaskKind, target: Parameters<typeof createTask>[0]['input']['target']): Promise<string> =>
    (await createTask({ ctx, input: { name, connectionId, datasetIds, target } })).id;
  return {
    compare: await make('compare', { method: 'reload-and-compare', targetId: LANDING.id, settings: { schema: 'compare' } }),
    together: await make('together', {
      method: 'reload-and-compare',
      targetId: LANDING.id,
      settings: { schema: 'together', publish: 'together', relationKeys: 'foreign-keys', relationshipViews: true },
    }),
    load: await make('load', {
      method: 'full-load',
      targetId: LANDING.id,
      settings: { schema: 'load', publish, relationKeys: 'foreign-keys', relationshipViews: true },
    }),
    lake: await make('lake', { method: 'reload', targetId: LAKE.id, settings: { folder: 'lake', publish } }),
  };
}

async function setFaults({ info }: RunningEmulator, graph: GraphFaultSettings | null): Promise<void> {
  const headers = { authorization: `Bearer ${info.adminToken}` };
  const answer = await fetch(`${info.adminUrl}/__admin/faults`, { method: 'POST', headers, body: JSON.stringify({ graph }) });
  expect(answer.status).toBe(200);
}

async function readHealed(emulator: RunningEmulator, sdk: Client, slow: GraphFaultSettings): Promise<Rows> {
  await setFaults(emulator, null);
  const rows = await readTenantRows(sdk);
  await setFaults(emulator, slow);
  return rows;
}
