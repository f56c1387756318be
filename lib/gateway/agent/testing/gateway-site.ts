import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { expect, onTestFinished, vi } from 'vitest';
import { expectConverged, query } from '#lib/jobs/testing/expect-converged.ts';
import { createWorkerRig, type TaskKind, type WorkerProcess, type WorkerRig } from '#lib/jobs/testing/worker-rig.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { newId } from '#lib/platform/id.ts';
import { createTarget } from '#lib/services/target/create-target.ts';
import { LAKE, LANDING } from '#lib/services/testing/make-task.ts';
import { createBackOff } from '../link/back-off.ts';
import type { LinkTimes } from '../link/link-times.ts';
import { type RunningGateway, startGateway } from '../start-gateway.ts';
import { type GatewayChild, startGatewayChild } from './gateway-child.ts';
import { type HubServer, startHubServer } from './hub-server.ts';
import { startTcpRelay, type TcpRelay } from './tcp-relay.ts';

/** A server with its worker, and two gateways of one group that reach the tenant and the targets, which the server's side does not know. */
export interface GatewaySite {
  readonly rig: WorkerRig;
  /** Between the gateways and the server. */
  readonly link: TcpRelay;
  readonly gateways: readonly [SiteGateway, SiteGateway];
  readonly groupId: string;
  /** What the server, its workers and all gateway processes have logged. */
  said(): string;
  /** Runs a task; `meanwhile` is called once rows are read. Then the target is what the official SDK reads. */
  reload(kind: TaskKind, meanwhile: (runId: string) => Promise<void>): Promise<void>;
  restartServer(): Promise<void>;
  /** As if nothing had been heard of a gateway for longer than its lease: it counts as disconnected, and the queue takes its commands back. */
  loseLease(gateway: SiteGateway): Promise<void>;
}

export interface SiteGateway {
  readonly id: string;
  readonly dataDir: string;
  /** As a process, which can be killed. */
  start(): Promise<GatewayChild>;
  /** In this process, with these limits, as the release before that of the server. */
  startHere(linkTimes: LinkTimes): Promise<RunningGateway>;
}

/** @param keepAliveMs how often the server writes to an open stream. */
export async function createGatewaySite({ keepAliveMs }: { readonly keepAliveMs: number }): Promise<GatewaySite> {
  // A gateway publishes each dataset by itself.
  const rig = await createWorkerRig({ publish: 'each' });
  const { db } = rig.ctx;
  const said: (() => string)[] = [];
  const log = collectLog(said);
  let link: TcpRelay | null = null;
  const hubOf = (port: number): Promise<HubServer> =>
    startHubServer({
      ctx: { ...rig.ctx, log, keepAliveMs, serverVersion: '0.1.0' },
      ...{ databaseUrl: rig.databaseUrl, port, baseUrl: () => `http://127.0.0.1:${link?.port}` },
    });
  let hub = await hubOf(0);
  link = await startTcpRelay(hub.port);
  const groupId = newId('gwg');
  await db.gatewayGroup.create({ data: { id: groupId, name: 'Branches' } });
  const server = `http://127.0.0.1:${link.port}`;
  const gateways = [
    await createGateway(rig, { name: 'First', groupId, server, said }),
    await createGateway(rig, { name: 'Second', groupId, server, said }),
  ] as const;
  await db.connection.updateMany({ data: { gatewayId: gateways[0].id } });
  await moveTargets(rig, gateways[0].id);
  // The server's side knows neither the tenant's cloud nor its certificate authority.
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
  return {
    ...{ rig, link, gateways, groupId },
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
      [hub, worker] = await Promise.all([hubOf(port), startWorker()]);
    },
    async loseLease({ id }) {
      await db.gateway.update({ where: { id }, data: { lastSeenAt: new Date(Date.now() - 120_000) } });
      await hub.loseLeases(id);
    },
  };
}

/** Has the tasks land in the same places as targets that the gateway reaches: the built-in ones are the server's own. */
async function moveTargets({ ctx, dir, databaseUrl }: WorkerRig, gatewayId: string): Promise<void> {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  const server = { host: hostname, port: Number(port), database: pathname.slice(1), user: username, tls: 'disable' };
  const places = [
    { from: LANDING.id, name: 'Warehouse', kind: 'postgres', settings: server, secrets: { password } },
    { from: LAKE.id, name: 'Share', kind: 'folder', settings: { path: join(dir, 'lake') } },
  ];
  for (const { from, ...target } of places) {
    const { id } = await createTarget({ ctx, input: { ...target, gatewayId } });
    await ctx.db.task.updateMany({ where: { targetId: from }, data: { targetId: id } });
  }
}

/** A log of the server in this process, collected. */
function collectLog(said: (() => string)[]): pino.Logger {
  let logged = '';
  said.push(() => logged);
  const write = (line: string): void => {
    logged += line;
  };
  return pino({ level: 'trace' }, { write });
}

interface NewGateway {
  readonly name: string;
  readonly groupId: string;
  readonly server: string;
  readonly said: (() => string)[];
}

/** Makes a gateway as its page does. */
async function createGateway(rig: WorkerRig, { name, groupId, server, said }: NewGateway): Promise<SiteGateway> {
  const key = `egk_${randomBytes(32).toString('base64url')}`;
  const keyFile = join(rig.dir, `${name}.key`);
  writeFileSync(keyFile, key, { mode: 0o600 });
  const id = newId('gw');
  const registrationKeyHash = createHash('sha256').update(key).digest('base64url');
  const registrationKeyExpiresAt = new Date(Date.now() + 3_600_000);
  await rig.ctx.db.gateway.create({ data: { id, name, groupId, registrationKeyHash, registrationKeyExpiresAt } });
  const dataDir = join(rig.dir, name);
  return {
    ...{ id, dataDir },
    async start() {
      const started = await startGatewayChild({
        ...rig.reach,
        ENTRADA_GATEWAY_SERVER: server,
        ENTRADA_GATEWAY_KEY_FILE: keyFile,
        ENTRADA_GATEWAY_DATA_DIR: dataDir,
        ENTRADA_TARGET_NETWORKS: '127.0.0.0/8, ::1',
        ENTRADA_LAKE_ROOTS: rig.dir,
        ENTRADA_LOG_LEVEL: 'debug',
      });
      said.push(started.said);
      return started;
    },
    async startHere(linkTimes) {
      const { config } = rig.ctx;
      const caPem = readFileSync(rig.reach['ENTRADA_EXTRA_CA_FILE'] ?? '', 'utf8');
      const source = { extraClouds: config.clouds, caPem, proxy: null, clock: systemClock };
      const networks = [{ address: '127.0.0.0', prefix: 8, family: 'ipv4' as const }];
      const rules = { networks, folders: [rig.dir] };
      const waits = { linkTimes, backOff: createBackOff(() => 0.05), stopTimes: { graceMs: 200, sendMs: 500 } };
      const options = { dataDir, keyFile, server, version: '0.0.9', log: collectLog(said), source, rules, ...waits };
      return startGateway(options, new AbortController().signal);
    },
  };
}

const untilReading = (rig: WorkerRig, runId: string): Promise<void> =>
  vi.waitFor(async () => expect((await rig.run(runId)).datasets.some(({ counts }) => counts.rowsRead > 0)).toBe(true), {
    timeout: 60_000,
    interval: 20,
  });
