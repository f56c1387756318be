import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { z } from 'zod';
import type { SourceConnection } from '#lib/domain/account/session.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { NO_RELATIONS } from '#lib/domain/task/relations.ts';
import { LakeSettings, LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import type { GraphFaultSettings } from '#lib/emulator/graph/faults.ts';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { applicationSettings } from '#lib/emulator/testing/application-settings.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { accessFor, NO_RULES } from '#lib/targets/testing/reload-into.ts';
import { createSdkClient } from '../../../e2e/support/graph-sdk.ts';
import type { DatasetAssignment } from '../dataset-assignment.ts';
import { createDatasetRunner } from '../run-dataset.ts';
import { createMemoryConnections, type MemoryConnections } from './memory-connections.ts';
import { type Rows, readLakeRows, readLandedRows, readTenantRows, USER_COLUMNS } from './tenant-rows.ts';
import { runnerThroughJson } from './through-json.ts';

/** The update methods; Reload and compare both by reading everything and by changes alone. */
export const METHODS = ['compare full', 'compare incremental', 'full load', 'lake'] as const;
export type Method = (typeof METHODS)[number];

const SMALL = { users: 120 } as const;
const QUIET_DAY = { hireUsers: 3, removeUsers: 2, changeUsers: 6, addMembers: 4, removeMembers: 3 } as const;

/** An emulated tenant, and all that reloads of it need. */
export interface FaultRig {
  readonly datasets: readonly DatasetDefinition[];
  /** A day passes in the tenant: people come, go and change. */
  passDay(): Promise<void>;
  setFaults(settings: z.input<typeof GraphFaultSettings> | null): Promise<void>;
  /** Reloads a dataset; a run id of its own. */
  reload(wanted: {
    readonly landingUrl: string;
    readonly method: Method;
    readonly dataset: DatasetDefinition;
  }): Promise<DatasetReport>;
  /** The lake of one database becomes that of another as well. */
  copyLake(from: string, to: string): void;
  /** What the official Graph SDK reads. */
  readTenant(): Promise<Rows>;
  /** What the target holds; null before the first reload. */
  readTarget(wanted: { readonly landingUrl: string; readonly method: Method }): Promise<Rows>;
  close(): Promise<void>;
}

export async function createFaultRig(): Promise<FaultRig> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-faults-'));
  const emulator = await startEmulator({ dir: join(dir, 'emulator'), httpPort: 0, tlsPort: 0, redirectUris: [], ...SMALL });
  const connections = connectionsOf(emulator);
  const connection = await signIn(emulator, connections);
  const { datasets: all } = await connections.operations.generateMetadata({ connection });
  const datasets = all.flatMap((dataset) => selectColumns(dataset) ?? []);
  const sdk = await createSdkClient({ ...emulator.info, caPem: emulator.caPem });
  const lakeDir = join(dir, 'lake');
  const runner = runnerThroughJson(
    createDatasetRunner({ config: connections.config, rules: NO_RULES, workDir: join(dir, 'work') }),
  );
  let runs = 0;
  return {
    datasets,
    passDay: async () => void (await emulator.mutate(QUIET_DAY)),
    setFaults: (settings) => setFaults(emulator, settings),
    async reload({ landingUrl, method, dataset }) {
      const task = targetOf(method, landingUrl);
      const attempt = { runId: `run_${++runs}`, attempt: 1 };
      const assignment: DatasetAssignment = {
        ...attempt,
        datasetRunId: `dsrun_${runs}`,
        connection,
        dataset,
        task,
        target: accessFor(task, { landingUrl, lakeDir }),
        deletesConfirmed: false,
        full: method !== 'compare incremental',
        ...{ unreadBefore: [], readBefore: null, unreadAtStart: [], relations: NO_RELATIONS },
      };
      const events = await Array.fromAsync(runner.run(assignment, new AbortController().signal, null));
      await runner.release(attempt);
      const last = events.at(-1);
      return last?.kind === 'ended' ? last.report : expect.fail('the run of a dataset ended without a report');
    },
    copyLake: (from, to) => cpSync(join(lakeDir, folderOf(from)), join(lakeDir, folderOf(to)), { recursive: true }),
    readTenant: () => readTenantRows(sdk),
    readTarget: ({ landingUrl, method }) =>
      method === 'lake' ? readLakeRows(join(lakeDir, folderOf(landingUrl))) : readLandedRows(landingUrl, schemaOf(method)),
    async close() {
      await emulator.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function connectionsOf(emulator: RunningEmulator): MemoryConnections {
  const { authority, graphBaseUrl } = emulator.info;
  const cloud = { name: 'Emulated', graphOrigin: new URL(graphBaseUrl).origin, authorityOrigin: authority };
  return createMemoryConnections({ extraClouds: [cloud], caPem: emulator.caPem });
}

/** As the application itself, with a token cache in memory. */
async function signIn(emulator: RunningEmulator, { operations, connect }: MemoryConnections): Promise<SourceConnection> {
  const settings = applicationSettings(emulator);
  return connect(settings, (await operations.signInApplication({ settings })).tokenCache);
}

/** Users by the compared properties, members by what a membership is; nothing of other datasets. */
function selectColumns(dataset: DatasetDefinition): DatasetDefinition | null {
  const wanted = { users: USER_COLUMNS, group_members: ['group_id', 'id', 'type'] }[dataset.name];
  if (wanted === undefined) return null;
  return { ...dataset, columns: dataset.columns.map((column) => ({ ...column, selected: wanted.includes(column.name) })) };
}

async function setFaults({ info }: RunningEmulator, graph: z.input<typeof GraphFaultSettings> | null): Promise<void> {
  const headers = { authorization: `Bearer ${info.adminToken}` };
  const response = await fetch(`${info.adminUrl}/__admin/faults`, { method: 'POST', headers, body: JSON.stringify({ graph }) });
  if (!response.ok) throw new Error(`the emulator answered ${response.status}: ${await response.text()}`);
}

function targetOf(method: Method, landingUrl: string): TaskTarget {
  const targetId = 'targ_22222222222222222222';
  if (method === 'lake') {
    return { method: 'reload', targetId, settings: LakeSettings.parse({ folder: folderOf(landingUrl), versionsKept: 1 }) };
  }
  const settings = LandingSettings.parse({ schema: schemaOf(method), deleteShareMax: 0.9 });
  return { method: method === 'full load' ? 'full-load' : 'reload-and-compare', targetId, settings };
}

function schemaOf(method: Method): string {
  return method.replace(' ', '_');
}

/** A folder for each database, so that tests don't meet in the lake. */
function folderOf(landingUrl: string): string {
  return new URL(landingUrl).pathname.slice(1);
}
