import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FINAL_RUN_STATES } from '#lib/domain/run/run.ts';
import { randomFor } from '#lib/emulator/tenant/generate/random.ts';
import { expectConverged, query } from '#lib/jobs/testing/expect-converged.ts';
import { createWorkerRig, type TaskKind, type WorkerProcess, type WorkerRig } from '#lib/jobs/testing/worker-rig.ts';
import { newId } from '#lib/platform/id.ts';
import { type GatewayChild, startGatewayChild } from './testing/gateway-child.ts';
import { type HubServer, startHubServer } from './testing/hub-server.ts';
import { startTcpRelay, type TcpRelay } from './testing/tcp-relay.ts';

const KILLS = 10;
/** Seed of the kills, random unless ENTRADA_KILL_SEED gives one. */
const SEED = Number(process.env['ENTRADA_KILL_SEED'] ?? randomInt(2 ** 31));
const KINDS: readonly TaskKind[] = ['compare', 'lake', 'load'];
const CUT_MS = 1500;

it(`a gateway that is killed ${KILLS} times, whose link is cut and whose server restarts: right rows, one run each, nothing secret in sight`, async () => {
  process.stdout.write(`kill -9 of the gateway: ENTRADA_KILL_SEED=${SEED}\n`);
  const site = await createSite();
  await site.reload('compare', async () => {
    site.link.cut('silent');
    await after(CUT_MS);
    site.link.mend();
  });
  await site.reload('lake', () => site.restartServer());
  await killAtRandom(site);
  await expectNothingLeft(site);
  await expectNothingSecret(site);
}, 300_000);

/** A server with its worker, and a gateway that reaches the tenant and the target, which the worker does not know. */
interface Site {
  readonly rig: WorkerRig;
  readonly link: TcpRelay;
  readonly dataDir: string;
  gateway: GatewayChild;
  /** Output of all gateway processes and workers. */
  said(): string;
  /** Runs a task; calls `meanwhile` after rows were read. Afterwards the target equals what the official SDK reads. */
  reload(kind: TaskKind, meanwhile: (runId: string) => Promise<void>): Promise<void>;
  restartServer(): Promise<void>;
  restartGateway(): Promise<void>;
}

async function createSite(): Promise<Site> {
  const rig = await createWorkerRig();
  const { ctx, databaseUrl } = rig;
  const dataDir = join(rig.dir, 'gateway');
  const said: (() => string)[] = [];
  let link: TcpRelay | null = null;
  const hubOf = (port: number): Promise<HubServer> =>
    startHubServer({
      ctx: { ...ctx, serverVersion: '0.1.0' },
      ...{ databaseUrl, port, baseUrl: () => `http://127.0.0.1:${link?.port}` },
    });
  let hub = await hubOf(0);
  link = await startTcpRelay(hub.port);
  const env = {
    ...rig.reach,
    ENTRADA_GATEWAY_SERVER: `http://127.0.0.1:${link.port}`,
    ENTRADA_GATEWAY_KEY_FILE: join(rig.dir, 'registration.key'),
    ENTRADA_GATEWAY_DATA_DIR: dataDir,
    ENTRADA_TARGET_NETWORKS: '127.0.0.0/8, ::1',
    ENTRADA_LAKE_ROOTS: rig.dir,
    ENTRADA_LOG_LEVEL: 'debug',
  };
  await moveToGateway(rig, env.ENTRADA_GATEWAY_KEY_FILE);
  const startGateway = async (): Promise<GatewayChild> => {
    const started = await startGatewayChild(env);
    said.push(started.said);
    return started;
  };
  // The server's side has neither the tenant's cloud nor its certificate authority.
  const startWorker = async (): Promise<WorkerProcess> => {
    const started = await rig.startWorker({ ENTRADA_EXTRA_CLOUDS: '', ENTRADA_EXTRA_CA_FILE: '', ENTRADA_LOG_LEVEL: 'debug' });
    said.push(started.said);
    return started;
  };
  let worker = await startWorker();
  onTestFinished(async () => {
    await link.close();
    await hub.stop();
  });
  const site: Site = {
    ...{ rig, link, dataDir, gateway: await startGateway() },
    said: () => said.map((one) => one()).join('\n'),
    async reload(kind, meanwhile) {
      await rig.passDay();
      const runId = await rig.startRun(kind);
      await untilReading(rig, runId);
      await meanwhile(runId);
      await rig.untilEnded(runId);
      await expectConverged(rig, kind, runId, worker);
      expect(await query(rig, `SELECT count(*)::int AS n FROM runs WHERE id = '${runId}'`)).toEqual([{ n: 1 }]);
    },
    async restartServer() {
      const { port } = hub;
      await Promise.all([hub.stop(), worker.stop()]);
      hub = await hubOf(port);
      worker = await startWorker();
    },
    async restartGateway() {
      site.gateway = await startGateway();
    },
  };
  return site;
}

/** Creates a gateway through the services, and sets it on the connection. */
async function moveToGateway({ ctx: { db } }: WorkerRig, keyFile: string): Promise<void> {
  const key = `egk_${randomBytes(32).toString('base64url')}`;
  writeFileSync(keyFile, key, { mode: 0o600 });
  const id = newId('gw');
  const registrationKeyHash = createHash('sha256').update(key).digest('base64url');
  await db.gateway.create({
    data: { id, name: 'Branch', registrationKeyHash, registrationKeyExpiresAt: new Date(Date.now() + 3_600_000) },
  });
  await db.connection.updateMany({ data: { gatewayId: id } });
}

const untilReading = (rig: WorkerRig, runId: string): Promise<void> =>
  vi.waitFor(async () => expect((await rig.run(runId)).datasets.some(({ counts }) => counts.rowsRead > 0)).toBe(true), {
    timeout: 60_000,
    interval: 20,
  });

async function killAtRandom(site: Site): Promise<void> {
  const random = randomFor(SEED, 'kill -9 of the gateway', 0);
  for (let kills = 0, runs = 0; kills < KILLS; runs++) {
    await site.reload(KINDS[runs % KINDS.length] ?? 'compare', async (runId) => {
      for (let deaths = 0; deaths < 4 && kills < KILLS; deaths++) {
        await after(random.int(1200));
        if (FINAL_RUN_STATES.has((await site.rig.run(runId)).state)) return;
        await site.gateway.kill();
        kills++;
        await site.restartGateway();
      }
    });
  }
}

async function expectNothingLeft({ rig, gateway, dataDir }: Site): Promise<void> {
  await vi.waitFor(() => expect([readdirSync(join(dataDir, 'work')), readdirSync(join(dataDir, 'finished'))]).toEqual([[], []]), {
    timeout: 10_000,
  });
  expect(rig.stages()).toEqual([]);
  await gateway.stop();
  expect(readdirSync(dataDir).sort()).toEqual(['finished', 'gateway.json', 'keys.json', 'reached.json', 'state.json', 'work']);
}

async function expectNothingSecret({ rig, link, said }: Site): Promise<void> {
  const tables = ['gateway_commands', 'gateway_events', 'pgboss.job'];
  const rows = await Promise.all(tables.map((table) => query(rig, `SELECT t::text FROM ${table} t`)));
  const places = { log: said(), link: link.passed().toString('latin1'), tables: JSON.stringify(rows) };
  const { users } = await rig.readTenant();
  const someone = JSON.parse(users[3] ?? '[]') as readonly string[];
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(100);
    for (const planted of [...rig.secrets, someone[1] ?? '', someone[2] ?? '', '"AccessToken"'])
      expect(text.includes(planted), `${planted} is in the ${place}`).toBe(false);
  }
}
