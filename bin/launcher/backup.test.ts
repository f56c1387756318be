import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createRunQueue } from '#lib/jobs/queue.ts';
import { runnerOf } from '#lib/jobs/testing/fake-runner.ts';
import { report } from '#lib/jobs/testing/queued-run.ts';
import { startWorker } from '#lib/jobs/worker.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { parseKeyRing } from '#lib/platform/crypto/crypto.ts';
import { openDb } from '#lib/platform/postgres/db.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { sourceConnection } from '#lib/services/connection/require-connection.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { findConnection } from '#lib/store/connection/connections.ts';
import { restoreBackup, writeBackup } from './backup.ts';
import { MIGRATIONS_DIR } from './database.ts';
import { ROOT } from './root.ts';

const KEY = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
const NOW = new Date('2026-03-01T10:00:00Z');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'entrada-backup-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A database with a connection, a task and a run, its data folder, and a backup of both. */
async function backedUp() {
  const world = await createTestWorld({ ring: parseKeyRing(KEY) });
  const ctx = await world.as('admin');
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly');
  await startRun({ ctx, input: { taskId: task.id } });
  const dataDir = folder();
  writeFileSync(join(dataDir, 'secret.key'), `${KEY}\n`, { mode: 0o600 });
  const backup = join(folder(), 'backup');
  const manifest = await writeBackup({ databaseUrl: world.url, dataDir, to: backup, now: NOW });
  return { world, ctx, task, connection, dataDir, backup, manifest };
}

test('a backup restored into an empty server has every row and opens every secret, and its task can be reloaded', async () => {
  const { world, ctx, task, connection, backup, manifest } = await backedUp();
  const databaseUrl = await createEmptyDatabase();
  const dataDir = folder();
  writeFileSync(join(dataDir, 'secret.key'), 'the key of the new server\n');
  const { upgraded } = await restoreBackup(backup, { databaseUrl, dataDir, migrationsDir: MIGRATIONS_DIR });
  expect(upgraded).toEqual([]);
  const db = openDb(databaseUrl, 5);
  onTestFinished(() => db.$disconnect());

  for (const { name, rows } of manifest.tables) {
    const sql = `SELECT count(*)::int AS rows, md5(string_agg(t::text, ',' ORDER BY t::text)) AS digest FROM "${name}" t`;
    const [there] = await db.$queryRawUnsafe<{ rows: number }[]>(sql);
    expect([name, there]).toEqual([name, (await world.db.$queryRawUnsafe<{ rows: number }[]>(sql))[0]]);
    expect(there?.rows, name).toBe(rows);
  }
  expect(manifest.tables.find(({ name }) => name === 'runs')?.rows).toBe(1);
  expect(readFileSync(join(dataDir, 'secret.key'), 'utf8')).toBe(`${KEY}\n`);
  expect(existsSync(join(dataDir, 'secret.key.before-restore'))).toBe(true);

  const restored = { ...ctx, db, ring: parseKeyRing(readFileSync(join(dataDir, 'secret.key'), 'utf8')) };
  const row = await findConnection(db, connection.id);
  const { settings } = await sourceConnection(restored, row as NonNullable<typeof row>);
  expect(settings.credential).toMatchObject({ kind: 'secret' });
  await db.run.updateMany({ data: { state: 'failed', endedAt: NOW } });
  expect(await startRun({ ctx: restored, input: { taskId: task.id } })).toMatchObject({ state: 'queued' });
});

test('nothing is restored over a database that holds something', async () => {
  const { world, backup } = await backedUp();
  const to = { databaseUrl: world.url, dataDir: folder(), migrationsDir: MIGRATIONS_DIR };
  await expect(restoreBackup(backup, to)).rejects.toThrow('not empty');
});

test.each([
  ['whose file was damaged', (dir: string) => writeFileSync(join(dir, 'tables/users.copy.gz'), 'x'), 'users is damaged'],
  ['that was broken off', (dir: string) => rmSync(join(dir, 'manifest.json')), 'not a complete backup'],
  [
    'of a newer release',
    (dir: string) => edit(dir, '"migrations": [', '"migrations": ["20991231000000_later",'),
    'A newer version of Entrada',
  ],
])('a backup %s is refused with the reason', async (_which, spoil, reason) => {
  const { backup } = await backedUp();
  spoil(backup);
  const to = { databaseUrl: await createEmptyDatabase(), dataDir: folder(), migrationsDir: MIGRATIONS_DIR };
  await expect(restoreBackup(backup, to)).rejects.toThrow(reason);
  expect(existsSync(join(to.dataDir, 'secret.key'))).toBe(false);
});

function edit(dir: string, from: string, to: string): void {
  const file = join(dir, 'manifest.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

test('from the shell: what was queued before the backup ends as lost after the restore, and its task runs again', async () => {
  const { world, ctx, task, dataDir } = await backedUp();
  const [to, restoredDir, databaseUrl] = [join(folder(), 'shell'), folder(), await createEmptyDatabase()];
  const shell = async (database: string, dir: string, ...args: readonly string[]) =>
    (
      await promisify(execFile)(process.execPath, [join(ROOT, 'bin/launch.mjs'), ...args], {
        cwd: ROOT,
        env: { ...process.env, DATABASE_URL: database, ENTRADA_DATA_DIR: dir, ENTRADA_SECRET_KEY: '', NODE_ENV: 'production' },
      })
    ).stdout;
  // Jobs of the queue, which a backup leaves out, have such ids.
  await world.db.run.updateMany({ data: { jobId: randomUUID() } });
  await world.db.metadataJob.updateMany({ data: { jobId: randomUUID() } });
  expect(await shell(world.url, dataDir, 'backup', to)).toContain('of the data folder: secret.key');
  expect(await shell(databaseUrl, restoredDir, 'restore', to)).toContain('Start Entrada. Everybody has to sign in again.');

  const db = openDb(databaseUrl, 5);
  onTestFinished(() => db.$disconnect());
  const ring = parseKeyRing(readFileSync(join(restoredDir, 'secret.key'), 'utf8'));
  const queue = createRunQueue({ databaseUrl, log: ctx.log });
  onTestFinished(() => queue.stop());
  const restored = { ...ctx, db, ring, queue };
  const worker = await startWorker({ ...restored, databaseUrl, runner: runnerOf(async () => report('done')) });
  onTestFinished(() => worker.stop());
  const states = async () => (await db.run.findMany({ orderBy: { queuedAt: 'asc' } })).map(({ state }) => state);
  // The worker has looked at its start for runs without a job.
  expect(await states()).toEqual(['failed']);
  await startRun({ ctx: { ...restored, clock: systemClock }, input: { taskId: task.id } });
  await vi.waitFor(async () => expect(await states()).toEqual(['failed', 'done']), { timeout: 20_000, interval: 100 });
}, 60_000);
