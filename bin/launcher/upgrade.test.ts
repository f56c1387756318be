import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { checkPassword } from '#lib/auth/password/check-password.ts';
import { FINAL_RUN_STATES } from '#lib/domain/run/run.ts';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { readLandedRows, readTenantRows } from '#lib/executor/testing/tenant-rows.ts';
import { createRunQueue } from '#lib/jobs/queue.ts';
import { COMPILE_CACHE, emulatedCloud, startWorkerProcess } from '#lib/jobs/testing/worker-process.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { parseKeyRing } from '#lib/platform/crypto/crypto.ts';
import { createLog } from '#lib/platform/log.ts';
import { openDb } from '#lib/platform/postgres/db.ts';
import { migrate } from '#lib/platform/postgres/migrate.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { listConnections } from '#lib/services/connection/list-connections.ts';
import { sourceConnection } from '#lib/services/connection/require-connection.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { listRuns } from '#lib/services/run/list-runs.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { checkKeyRing } from '#lib/services/secret/check-key-ring.ts';
import { listTasks } from '#lib/services/task/list-tasks.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { findConnection } from '#lib/store/connection/connections.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import { createSdkClient } from '../../e2e/support/graph-sdk.ts';
import { MIGRATIONS_DIR } from './database.ts';
import { runProgram } from './process/run-program.ts';
import { ROOT } from './root.ts';

/**
 * Made with the first code of 0.1.0 that had all update methods, by its own services and worker: two connections to a demo tenant, three tasks and two
 * runs of each, between which the tenant changed. The document of $metadata is shortened; jobs of the queue and the lake are left out.
 */
const RELEASE = join(import.meta.dirname, 'testdata/release-0.1.0');
/** The key of that installation, and the password of its administrator. */
const KEY = `k1:${Buffer.alloc(32, 17).toString('base64')}`;
const ADMIN = { email: 'admin@contoso.test', password: 'of an earlier release' };
const UNLIMITED = { spend: async () => undefined, forgive: async () => undefined };
/** People of its tenant. */
const USERS = 30;

test('a database of release 0.1.0 is upgraded by the migrations of a start: connections, tasks, runs and secrets stay, and a reload lands the right rows', async () => {
  const { url, env, emulator } = await startedOnRelease();
  const db = openDb(url, 5);
  onTestFinished(() => db.$disconnect());
  const ring = parseKeyRing(KEY);
  const queue = createRunQueue({ databaseUrl: url, log: createLog('test', 'silent') });
  onTestFinished(() => queue.stop());
  const person = await checkPassword({ db, clock: systemClock, attempts: UNLIMITED }, { ...ADMIN, ip: '127.0.0.1' });
  const actor = { kind: 'user', userId: person.id, email: person.email, role: person.role } as const;
  const world = await (await createTestWorld({ ring })).as('admin');
  const session = { sessionHash: 'of-a-test', authTime: systemClock.now() };
  const ctx = { ...world, actor: { ...actor, ...session }, db, queue, clock: systemClock };

  const connections = await listConnections({ ctx, input: {} });
  expect(connections.map(({ name, state }) => `${name}: ${state}`)).toEqual(['By a person: ready', 'By an application: ready']);
  const tasks = await listTasks({ ctx, input: {} });
  expect(tasks.map(({ name, method, namespace, lastRun }) => [name, method, namespace, lastRun?.state])).toEqual([
    ['Nightly', 'reload-and-compare', 'nightly', 'done'],
    ['Replica', 'full-load', 'replica', 'done'],
    ['Signed in', 'reload-and-compare', 'signed_in', 'done'],
  ]);
  const runs = await listRuns({ ctx, input: {} });
  expect(runs).toHaveLength(6);
  for (const { id } of runs) {
    const { datasets, startedBy } = await getRun({ ctx, input: { runId: id } });
    expect(startedBy).toMatchObject({ name: 'editor1@contoso.test' });
    for (const { state, counts } of datasets)
      expect([state, counts.rowsRead > 0 || counts.unchanged > 0]).toEqual(['done', true]);
  }

  await checkKeyRing({ ctx: { db, ring } });
  for (const { id } of connections) {
    const row = (await findConnection(db, id)) ?? expect.fail(`${id} is gone`);
    const { settings } = await sourceConnection({ db, ring }, row);
    expect(settings.credential).toEqual({ kind: 'secret', secret: emulator.info.clientSecret });
    expect(JSON.parse(await createTokenCacheStore({ db, ring }, row.tokenCacheId, id).load())).toHaveProperty('AccessToken');
  }

  const before = await landedBefore(url);
  await moveTenant(url, emulator);
  const worker = await startWorkerProcess(env);
  const source = await readTenantRows(await createSdkClient({ ...emulator.info, caPem: emulator.caPem }));
  for (const [name, schema] of [
    ['Nightly', 'nightly'],
    ['Replica', 'replica'],
  ] as const) {
    const { id } = await startRun({ ctx, input: { taskId: tasks.find((task) => task.name === name)?.id ?? '' } });
    const ended = await vi.waitFor(
      async () => {
        const run = await getRun({ ctx, input: { runId: id } });
        expect(FINAL_RUN_STATES.has(run.state)).toBe(true);
        return run;
      },
      { timeout: 60_000, interval: 100 },
    );
    expect([name, ended.state, ended.datasets.map(({ problem }) => problem)], worker.said()).toEqual([
      name,
      'done',
      ended.datasets.map(() => null),
    ]);
    expect(await readLandedRows(url, schema)).toEqual(source);
  }
  await worker.stop();
  const after = await landedBefore(url);
  // What was recorded before the upgrade stays; the changes since then are added.
  for (const [table, rows] of Object.entries(before)) expect([table, after[table]?.slice(0, rows.length)]).toEqual([table, rows]);
}, 180_000);

/** The release's database, upgraded by the command that a start runs, and the tenant that it reads. */
async function startedOnRelease() {
  const url = await createEmptyDatabase();
  const application = sqlOf('application.sql.gz');
  const names = /^-- migrations: (.*)$/m.exec(application)?.[1]?.split(' ') ?? [];
  expect(await migrate(url, MIGRATIONS_DIR, { only: names })).toEqual(names);
  for (const sql of [application, sqlOf('landing.sql.gz')]) await query(url, sql);
  const dir = mkdtempSync(join(tmpdir(), 'entrada-upgrade-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const emulator = await startEmulator({ dir: join(dir, 'tenant'), users: USERS, redirectUris: [], httpPort: 0, tlsPort: 0 });
  onTestFinished(() => emulator.stop());
  const caFile = join(dir, 'ca.pem');
  writeFileSync(caFile, emulator.caPem);
  const env = {
    ...{ DATABASE_URL: url, ENTRADA_SECRET_KEY: KEY, ENTRADA_DATA_DIR: dir },
    ...{ ENTRADA_EXTRA_CLOUDS: JSON.stringify([emulatedCloud(emulator)]), ENTRADA_EXTRA_CA_FILE: caFile },
    ...COMPILE_CACHE,
  };
  const entrada = [process.execPath, '--disable-warning=ExperimentalWarning', join(ROOT, 'bin/entrada.ts')];
  const { code, output } = await runProgram([...entrada, 'migrate'], env);
  expect(code, output).toBe(0);
  expect(output).toContain('Applied: 20261126193000_waiting_datasets');
  return { url, env, emulator };
}

function sqlOf(name: string): string {
  return gunzipSync(readFileSync(join(RELEASE, name))).toString('utf8');
}

/** The tenant of the release listened on another port; for the product it is the same one after a move. */
async function moveTenant(url: string, { info }: RunningEmulator): Promise<void> {
  await query(url, 'UPDATE connections SET graph_base_url = $1', [info.graphBaseUrl]);
}

/** Rows of the change table and of versions that had ended, oldest first. */
async function landedBefore(url: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  return {
    users__ct: await query(
      url,
      'SELECT id, hdr__operation, hdr__run_id, hdr__changed_at FROM nightly.users__ct ORDER BY hdr__changed_at, id',
    ),
    users__history: await query(
      url,
      `SELECT id, "displayName", hdr__from_timestamp, hdr__to_timestamp FROM nightly.users__history
       WHERE hdr__to_timestamp IS NOT NULL ORDER BY hdr__to_timestamp, id`,
    ),
  };
}

async function query(url: string, sql: string, values?: readonly unknown[]): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values === undefined ? undefined : [...values])).rows;
  } finally {
    await client.end();
  }
}
