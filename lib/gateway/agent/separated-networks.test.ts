import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { EmulatorInfo } from '#lib/emulator/info.ts';
import { openTls } from '#lib/emulator/tls.ts';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { createTargetOperations } from '#lib/executor/create-target-operations.ts';
import { createDatasetRunner } from '#lib/executor/run-dataset.ts';
import { type Rows, readLandedRows as readLanded } from '#lib/executor/testing/tenant-rows.ts';
import { openHub } from '#lib/gateway/hub/open-hub.ts';
import { createRunnerResolver, createSourceResolver, createTargetResolver } from '#lib/gateway/hub/resolve.ts';
import { reloadRun } from '#lib/jobs/handlers/reload-run.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { createConnection } from '#lib/services/connection/create-connection.ts';
import type { Context } from '#lib/services/context.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { sampleDataset } from '#lib/services/dataset/sample-dataset.ts';
import { createGateway } from '#lib/services/gateway/create-gateway.ts';
import { readLandedRows } from '#lib/services/landed/read-landed-rows.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { listChanges } from '#lib/services/run/list-changes.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { createTarget } from '#lib/services/target/create-target.ts';
import { testTarget } from '#lib/services/target/test-target.ts';
import { createTask } from '#lib/services/task/create-task.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { verifyApplication } from '#lib/services/verification/verify-application.ts';
import { accessTokensFrom } from '#lib/source/connect.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import { DATABASE_PORT } from '../testing/networks/database-forward.ts';
import {
  createNetworkNamespaces,
  type NetworkNamespaces,
  whyNoNetworkNamespaces,
} from '../testing/networks/network-namespaces.ts';
import { type NetworkProgram, startNetworkProgram } from '../testing/networks/network-program.ts';
import { startGatewayChild } from './testing/gateway-child.ts';
import { startHubServer } from './testing/hub-server.ts';

const PROXY = { port: 3128, credentials: 'kim:p@ss' } as const;
const NEVER = new AbortController().signal;

it('a server that reaches neither tenant nor target does the whole journey through a gateway behind a proxy, and through one without', async (test) => {
  const reason = whyNoNetworkNamespaces();
  if (reason !== null) return test.skip(reason);
  const networks = createChain();
  const { server, far, inner } = addressesOf(networks);
  const site = await createSite(networks);
  for (const host of [far, inner]) await expect(reach(host, DATABASE_PORT)).rejects.toThrow(/EHOSTUNREACH|ENETUNREACH/);

  // The tenant is behind the proxy, the target beside the gateway.
  const proxy = await startProxy(networks);
  const [user, password] = PROXY.credentials.split(':').map(encodeURIComponent);
  const HTTPS_PROXY = `http://${user}:${password}@${networks.address('middle', 'inner')}:${PROXY.port}`;
  const behind = await startGatewayChild({ ...site.env, HTTPS_PROXY }, networks.inside('inner'));
  const connectionId = await connectTenant(site);
  const task = await createTaskInto(site, { connectionId, name: 'Plant', host: inner });
  await reload(site, task.id);
  await site.far.ask({ what: 'pass-day' });
  await lookAt(site, task, await reload(site, task.id));
  expect(await readLanded(site.databaseUrl, 'plant')).toEqual(await site.far.ask<Rows>({ what: 'rows' }));
  expect(await proxy.ask<readonly string[]>(null)).toEqual([server, far].sort());
  await behind.stop();
  expect(behind.said()).not.toContain(password);

  const gateway = await startGatewayChild(site.env, networks.inside('middle'));
  await untilConnected(site);
  const direct = await createTaskInto(site, { connectionId, name: 'Far', host: far });
  await reload(site, direct.id);
  expect(await readLanded(site.databaseUrl, 'far')).toEqual(await site.far.ask<Rows>({ what: 'rows' }));
  await gateway.stop();
  // All connections to the tenant and the target came from the gateway's network.
  expect(networks.neighbours('far').every((address) => address !== server)).toBe(true);
}, 180_000);

type Place = 'middle' | 'far' | 'inner';
type Networks = NetworkNamespaces<Place>;

/** Server (this machine) - middle - far, and inner - middle: the server has no way to the far and the inner network. */
function createChain(): Networks {
  const networks = createNetworkNamespaces<Place>(
    ['middle', 'far', 'inner'],
    [
      ['host', 'middle'],
      ['middle', 'far'],
      ['middle', 'inner'],
    ],
  );
  onTestFinished(() => networks.remove());
  networks.keepHostOut(['middle', 'far']);
  networks.keepHostOut(['middle', 'inner']);
  return networks;
}

function addressesOf({ address }: Networks) {
  return { server: address('host', 'middle'), far: address('far', 'middle'), inner: address('inner', 'middle') };
}

interface Site {
  readonly ctx: Context;
  readonly databaseUrl: string;
  readonly gatewayId: string;
  readonly info: EmulatorInfo;
  readonly far: NetworkProgram;
  readonly env: Readonly<Record<string, string>>;
  run(runId: string): Promise<void>;
}

async function createSite(networks: Networks): Promise<Site> {
  const at = addressesOf(networks);
  const dir = mkdtempSync(join(tmpdir(), 'entrada-networks-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const world = await createTestWorld();
  const socket = join(dir, 'db.sock');
  await forward(socket, Number(new URL(world.url).port));
  const far = await startProgram('far-child.ts', [at.far, join(dir, 'tenant'), socket], networks.inside('far'));
  await startProgram('database-child.ts', [at.inner, socket], networks.inside('inner'));
  const { info, caPem } = far.first as { info: EmulatorInfo; caPem: string };
  const tls = await openTls(join(dir, 'server-tls'), new Date(), [at.server]);
  const cloud = { name: 'Far', graphOrigin: new URL(info.graphBaseUrl).origin, authorityOrigin: info.authority };
  const person = await world.as('admin');
  const gateways = openHub({ databaseUrl: world.url, log: person.log });
  onTestFinished(() => gateways.stop());
  const hub = { db: world.db, ring: person.ring, clock: systemClock, log: person.log, ...gateways };
  // Settings with which the server could connect directly, if its network allowed it.
  const own = {
    ...{ extraClouds: [cloud], caPem, clock: systemClock },
    openAccessTokens: accessTokensFrom((at) => createTokenCacheStore(hub, at.tokenCacheId, at.id)),
  };
  const rules = { networks: [], folders: [] };
  const local = createSourceOperations(own);
  const ctx: Context = {
    ...person,
    clock: systemClock,
    executor: createSourceResolver(hub, local),
    targets: createTargetResolver(hub, createTargetOperations(rules)),
    config: { ...person.config, clouds: [cloud] },
  };
  const server = await startHubServer({
    ctx: { ...hub, serverVersion: '0.1.0' },
    ...{ databaseUrl: world.url, host: at.server, port: 0 },
    ...{ baseUrl: (port: number) => `https://${at.server}:${port}`, tls: { cert: tls.certPem, key: tls.keyPem } },
  });
  onTestFinished(() => server.stop());
  const { gateway, registration } = await createGateway({ ctx, input: { name: 'Middle' } });
  const [keyFile, caFile] = [join(dir, 'gateway.key'), join(dir, 'ca.pem')];
  writeFileSync(keyFile, registration.key, { mode: 0o600 });
  writeFileSync(caFile, caPem + tls.caPem);
  const runner = createRunnerResolver(hub, createDatasetRunner({ config: own, rules, workDir: join(dir, 'work') }));
  return {
    ...{ ctx, far, info, databaseUrl: world.url, gatewayId: gateway.id },
    env: {
      ENTRADA_GATEWAY_SERVER: `https://${at.server}:${server.port}`,
      ENTRADA_GATEWAY_KEY_FILE: keyFile,
      ENTRADA_GATEWAY_DATA_DIR: join(dir, 'gateway'),
      ENTRADA_EXTRA_CLOUDS: JSON.stringify([cloud]),
      ENTRADA_EXTRA_CA_FILE: caFile,
      ENTRADA_TARGET_NETWORKS: `${at.far}, ${at.inner}`,
      ENTRADA_LOG_LEVEL: 'debug',
    },
    run: (runId) => reloadRun({ ...ctx, runner }, runId, NEVER),
  };
}

/** Signs in, verifies, and generates the metadata; returns the connection. */
async function connectTenant(site: Site): Promise<string> {
  const { ctx, gatewayId, info } = site;
  const { clientId, clientSecret, graphBaseUrl, tenantDomain: tenant } = info;
  await untilConnected(site);
  const registration = { clientId, clientSecret, graphBaseUrl, tenant, signIn: 'app-only', gatewayId } as const;
  const { id } = await verifyApplication({ ctx, input: registration });
  return (await createConnection({ ctx, input: { verificationId: id, name: 'Far' } })).id;
}

/** A target of a network, tested, and a task that lands there. */
async function createTaskInto(site: Site, of: { readonly connectionId: string; readonly name: string; readonly host: string }) {
  const { ctx, gatewayId, databaseUrl } = site;
  const { connectionId, name, host } = of;
  const { username, password, pathname } = new URL(databaseUrl);
  const settings = { host, port: DATABASE_PORT, database: pathname.slice(1), user: username, tls: 'disable', caPem: '' };
  const target = await createTarget({ ctx, input: { name, kind: 'postgres', settings, secrets: { password }, gatewayId } });
  expect(await testTarget({ ctx, input: { targetId: target.id } })).toMatchObject({ passed: true });
  const datasets = (await listDatasets({ ctx, input: { connectionId } })).filter((dataset) =>
    ['users', 'group_members'].includes(dataset.name),
  );
  const landing = { method: 'reload-and-compare', targetId: target.id, settings: { schema: name.toLowerCase() } } as const;
  const input = { name, connectionId, datasetIds: datasets.map((dataset) => dataset.id), target: landing };
  const { id } = await createTask({ ctx, input });
  return { id, usersId: datasets.find((dataset) => dataset.name === 'users')?.id ?? '' };
}

async function reload({ ctx, run }: Site, taskId: string): Promise<string> {
  const { id: runId } = await startRun({ ctx, input: { taskId } });
  await run(runId);
  expect(await getRun({ ctx, input: { runId } })).toMatchObject({ state: 'done', problem: null });
  return runId;
}

/** Preview, landed rows, and what changed. */
async function lookAt({ ctx }: Site, { id: taskId, usersId: datasetId }: { id: string; usersId: string }, runId: string) {
  expect((await sampleDataset({ ctx, input: { datasetId } })).rows.length).toBeGreaterThan(0);
  const rows = await readLandedRows({ ctx, input: { taskId, datasetId, offset: 0, limit: 5 } });
  expect(rows.rows).toHaveLength(5);
  expect((await listChanges({ ctx, input: { runId, datasetId } })).total).toBeGreaterThan(0);
}

async function untilConnected({ ctx: { db }, gatewayId }: Site): Promise<void> {
  const hasStream = async () => (await db.gateway.findUniqueOrThrow({ where: { id: gatewayId } })).streamId !== null;
  await vi.waitFor(async () => expect(await hasStream()).toBe(true), { timeout: 20_000 });
}

function reach(host: string, port: number): Promise<void> {
  return new Promise((done, failed) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      done();
    });
    socket.on('error', failed);
  });
}

/** Forwards a Unix socket, which every network namespace can use, to a port of this machine. */
async function forward(path: string, port: number): Promise<void> {
  const server = createServer((near) => {
    const behind = connect(port, '127.0.0.1');
    for (const socket of [near, behind]) socket.on('error', () => undefined);
    near.pipe(behind).pipe(near);
  });
  await new Promise<void>((done) => server.listen(path, done));
  onTestFinished(() => void server.close());
}

const startProxy = (networks: Networks): Promise<NetworkProgram> =>
  startProgram(
    'proxy-child.ts',
    [networks.address('middle', 'inner'), String(PROXY.port), PROXY.credentials],
    networks.inside('middle'),
  );

async function startProgram(file: string, args: readonly string[], inside: readonly string[]): Promise<NetworkProgram> {
  const program = await startNetworkProgram(file, args, inside);
  onTestFinished(() => program.stop());
  return program;
}
