import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { completeSignIn } from '#lib/emulator/testing/browser.ts';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { parseKeyRing } from '#lib/platform/crypto/crypto.ts';
import { createConnection } from '#lib/services/connection/create-connection.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { startVerification } from '#lib/services/verification/start-verification.ts';
import { verifyCode } from '#lib/services/verification/verify-code.ts';
import { accessTokensFrom } from '#lib/source/connect.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import type { RenewOrders } from './testing/renew-child.ts';

const REDIRECT_URI = 'http://localhost:3000/auth/oauth/code';
const dir = mkdtempSync(join(tmpdir(), 'entrada-renew-'));
let emulator: RunningEmulator;
beforeAll(async () => {
  emulator = await startEmulator({ dir, httpPort: 0, tlsPort: 0, users: 20, redirectUris: [REDIRECT_URI] });
});
afterAll(async () => {
  await emulator.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A connection of a person's sign-in, as input of the child processes. */
async function connect() {
  const world = await createTestWorld();
  const keyRing = `k1:${randomBytes(32).toString('base64')}`;
  const ring = parseKeyRing(keyRing);
  const { clientId, clientSecret, graphBaseUrl, authority, adminUrl, users, password } = emulator.info;
  const signInOrigin = new URL(adminUrl).origin;
  const cloud = { name: 'Emulated', graphOrigin: authority, authorityOrigin: authority, signInOrigin };
  const executor = createSourceOperations({
    extraClouds: [cloud],
    caPem: emulator.caPem,
    clock: systemClock,
    openAccessTokens: accessTokensFrom(({ id, tokenCacheId }) => createTokenCacheStore({ db: world.db, ring }, tokenCacheId, id)),
  });
  const editor = await world.as('editor');
  const config = { ...editor.config, clouds: [cloud] };
  const ctx = { ...editor, executor: () => executor, ring, config, clock: systemClock };
  const { id, authorizeUrl } = await startVerification({ ctx, input: { clientId, clientSecret, graphBaseUrl } });
  const landed = await completeSignIn(authorizeUrl.replace(authority, emulator.info.adminUrl), {
    username: users[0]?.username ?? '',
    password,
  });
  await verifyCode({ ctx, input: { verificationId: id, pasted: landed.searchParams.get('code') ?? '' } });
  const { id: connectionId } = await createConnection({ ctx, input: { verificationId: id, name: 'Shared' } });
  const { tokenCacheId } = await world.db.connection.findUniqueOrThrow({
    where: { id: connectionId },
    select: { tokenCacheId: true },
  });
  const version = async () =>
    (await world.db.secret.findUniqueOrThrow({ where: { id: tokenCacheId }, select: { version: true } })).version;
  const orders: RenewOrders = {
    databaseUrl: world.url,
    keyRing,
    connectionId,
    graphOrigin: authority,
    caPem: emulator.caPem,
    times: 4,
  };
  return { orders, version };
}

/** The connection string with an application name, by which PostgreSQL shows the process. */
function named({ databaseUrl }: RenewOrders, name: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('application_name', name);
  return url.toString();
}

interface Renewer {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
  readonly ready: Promise<unknown>;
}

function renew(orders: RenewOrders): Renewer {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'renew-child.ts'), JSON.stringify(orders)]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const ready = Promise.race([ended, once(child.stdout, 'data')]);
  return { child, said: () => said, ended, ready };
}

/** Starts the renewals after all processes have loaded. */
async function start(renewers: readonly Renewer[]): Promise<void> {
  await Promise.all(renewers.map(({ ready }) => ready));
  for (const { child } of renewers) child.stdin?.write('go\n');
}

async function admin(init: RequestInit): Promise<unknown> {
  const { adminUrl, adminToken } = emulator.info;
  const response = await fetch(`${adminUrl}/__admin/faults`, { headers: { authorization: `Bearer ${adminToken}` }, ...init });
  expect(response.status).toBe(200);
  return response.json();
}

it('three processes renew the tokens of one connection at once: every rotated token is kept, the last one works', async () => {
  const { orders, version } = await connect();
  const before = await version();
  const renewers = [renew(orders), renew(orders), renew(orders)];
  await start(renewers);
  const codes = await Promise.all(renewers.map(({ ended }) => ended));
  expect(codes, renewers.map(({ said }) => said()).join('\n')).toEqual([0, 0, 0]);
  expect(await version()).toBe(before + 3 * orders.times);
  const last = renew({ ...orders, times: 1 });
  await start([last]);
  expect(await last.ended, last.said()).toBe(0);
}, 60_000);

it('a process that is killed in the middle of a renewal blocks nobody and loses nothing', async () => {
  const { orders, version } = await connect();
  const before = await version();
  await admin({ method: 'POST', body: JSON.stringify({ token: [{ kind: 'hang' }] }) });
  const renewers = ['renewer1', 'renewer2', 'renewer3'].map((name) => ({
    name,
    ...renew({ ...orders, databaseUrl: named(orders, name) }),
  }));
  await start(renewers);
  const hanging = await untilBlocked(orders.databaseUrl);
  renewers.find(({ name }) => name === hanging)?.child.kill('SIGKILL');
  const codes = await Promise.all(renewers.map(({ ended }) => ended));
  expect(
    codes.filter((code) => code === 0),
    renewers.map(({ said }) => said()).join('\n'),
  ).toHaveLength(2);
  expect(await version()).toBe(before + 2 * orders.times);
}, 60_000);

/** Name of the process whose renewal waits for Entra, as soon as the two others wait for its lock. */
async function untilBlocked(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  return vi.waitFor(
    async () => {
      // The holder of the lock may not have sent its request yet: if it were killed then, the injected fault would hit the next one.
      expect(await admin({})).toEqual({ token: [] });
      // Grouped by process: each has several connections, some of which may do other work.
      const { rows } = await client.query<{ name: string; waits: boolean }>(
        `SELECT application_name AS name, bool_or(cardinality(pg_blocking_pids(pid)) > 0) AS waits FROM pg_stat_activity
         WHERE application_name LIKE 'renewer%' AND datname = current_database() GROUP BY 1`,
      );
      expect(rows.filter(({ waits }) => waits)).toHaveLength(2);
      return rows.find(({ waits }) => !waits)?.name ?? '';
    },
    { timeout: 30_000, interval: 50 },
  );
}
