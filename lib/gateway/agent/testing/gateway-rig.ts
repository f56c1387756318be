import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect } from 'vitest';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { NO_RELATIONS } from '#lib/domain/task/relations.ts';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { applicationSettings } from '#lib/emulator/testing/application-settings.ts';
import { type DatasetAssignment, DatasetEvent } from '#lib/executor/dataset-assignment.ts';
import { type Rows, readLakeRows, readTenantRows, USER_COLUMNS } from '#lib/executor/testing/tenant-rows.ts';
import type { ResultPayload } from '#lib/gateway/commands.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { createSdkClient } from '../../../../e2e/support/graph-sdk.ts';
import { createBackOff } from '../link/back-off.ts';
import { type GatewayOptions, type RunningGateway, startGateway } from '../start-gateway.ts';
import { type FakeCommand, type FakeHub, REGISTRATION_KEY, startFakeHub } from './fake-hub.ts';
import { startTcpRelay, type TcpRelay } from './tcp-relay.ts';

/** An emulated tenant, a hub that implements the protocol, and a data folder. */
export interface GatewayRig {
  readonly hub: FakeHub;
  /** Relay between the gateway and the hub. */
  readonly link: TcpRelay;
  readonly emulator: RunningEmulator;
  /** Folder of the gateway. */
  readonly dataDir: string;
  readonly lakeDir: string;
  options(): GatewayOptions;
  /** Starts the gateway in this process, with short waits. */
  start(over?: Partial<GatewayOptions>): Promise<RunningGateway>;
  /** Signs the application in through the gateway; afterwards the hub has its token cache. */
  signIn(): Promise<SignedIn>;
  setFaults(graph: object): Promise<void>;
  /** Log output of the gateway. */
  logged(): string;
  readTenant(): Promise<Rows>;
  readLake(): Promise<Rows>;
  close(): Promise<void>;
}

/** The tenant as a connection of the hub, and assignments of its datasets. */
export interface SignedIn {
  readonly connection: DatasetAssignment['connection'];
  assignment(dataset: 'users' | 'group_members', run: { readonly runId: string; readonly attempt?: number }): DatasetAssignment;
}

export async function createGatewayRig(): Promise<GatewayRig> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-gateway-'));
  const dataDir = join(dir, 'gateway');
  const lakeDir = join(dir, 'lake');
  const emulator = await startEmulator({ dir: join(dir, 'emulator'), httpPort: 0, tlsPort: 0, users: 120, redirectUris: [] });
  const hub = await startFakeHub();
  const link = await startTcpRelay(hub.port);
  let logged = '';
  const write = (line: string): void => {
    logged += line;
  };
  const log = pino({ level: 'trace' }, { write });
  const keyFile = join(dir, 'registration.key');
  writeFileSync(keyFile, `${REGISTRATION_KEY}\n`);
  const { authority, graphBaseUrl } = emulator.info;
  const cloud = { name: 'Emulated', graphOrigin: new URL(graphBaseUrl).origin, authorityOrigin: authority };
  const sdk = await createSdkClient({ ...emulator.info, caPem: emulator.caPem });
  const options = (): GatewayOptions => ({
    ...{ dataDir, keyFile, server: `http://127.0.0.1:${link.port}`, version: '0.1.0', log },
    source: { extraClouds: [cloud], caPem: emulator.caPem, proxy: null, clock: systemClock },
    rules: { networks: [], folders: [lakeDir] },
    backOff: createBackOff(() => 0.02),
    stopTimes: { graceMs: 200, sendMs: 500 },
  });
  return {
    ...{ hub, link, emulator, dataDir, lakeDir },
    options,
    start: (over) => startGateway({ ...options(), ...over }, new AbortController().signal),
    signIn: () => signIn(hub, emulator, lakeDir),
    async setFaults(graph) {
      const headers = { authorization: `Bearer ${emulator.info.adminToken}` };
      const body = JSON.stringify({ graph });
      const answer = await fetch(`${emulator.info.adminUrl}/__admin/faults`, { method: 'POST', headers, body });
      expect(answer.status).toBe(200);
    },
    logged: () => logged,
    readTenant: () => readTenantRows(sdk),
    readLake: () => readLakeRows(join(lakeDir, 'lake')),
    async close() {
      await link.close();
      await hub.close();
      await emulator.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function signIn(hub: FakeHub, emulator: RunningEmulator, lakeDir: string): Promise<SignedIn> {
  const settings = applicationSettings(emulator);
  const { tokenCache } = outputOf<{ tokenCache: string }>(await (await hub.send('source.signInApplication', { settings })).ended);
  hub.tokenCache = { version: 1, cache: tokenCache };
  const connection = { id: 'conn_1', tokenCacheId: 'secret_1', settings };
  const generated = await (await hub.send('source.generateMetadata', { connection })).ended;
  const datasets = DatasetDefinition.array().parse(outputOf<{ datasets: unknown }>(generated).datasets);
  const target: TargetAccess = { kind: 'folder', settings: { path: lakeDir }, secrets: null, builtIn: true };
  return {
    connection,
    assignment(name, { runId, attempt = 1 }) {
      const found = datasets.find((dataset) => dataset.name === name) ?? expect.fail(`there is no dataset ${name}`);
      const wanted = { users: USER_COLUMNS, group_members: ['group_id', 'id', 'type'] }[name];
      const columns = found.columns.map((column) => ({ ...column, selected: wanted.includes(column.name) }));
      return {
        ...{ runId, attempt, connection, target, datasetRunId: `dsrun_${runId}_${name}`, dataset: { ...found, columns } },
        task: {
          method: 'reload',
          targetId: 'targ_22222222222222222222',
          settings: LakeSettings.parse({ folder: 'lake', versionsKept: 5 }),
        },
        ...{
          deletesConfirmed: false,
          full: true,
          unreadBefore: [],
          readBefore: null,
          unreadAtStart: [],
          relations: NO_RELATIONS,
        },
      };
    },
  };
}

export function outputOf<T>(result: ResultPayload): T {
  return result.ok ? (result.output as T) : expect.fail(`the command failed: ${JSON.stringify(result.problem)}`);
}

/** The report of a dataset that a command ran, in its last attempt. */
export function reportOf(command: FakeCommand) {
  const last = DatasetEvent.parse([...command.events.values()].at(-1)?.at(-1));
  return last.kind === 'ended' ? last.report : expect.fail('the run of a dataset ended without a report');
}
