import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { NO_RELATIONS } from '#lib/domain/task/relations.ts';
import type { DatasetAssignment } from '#lib/executor/dataset-assignment.ts';
import { createDatasetRunner } from '#lib/executor/run-dataset.ts';
import { type RunningGateway, startGateway } from '#lib/gateway/agent/start-gateway.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { prepareForReading } from '#lib/platform/memory.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import type { SourceConfig } from '#lib/source/connect.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { benchDataset } from '../dataset.ts';
import { type Contender, type ContenderOptions, TOKEN } from './contender.ts';
import type { HubReady } from './gateway-hub.ts';
import { LAKE } from './ours.ts';

const HUB = fileURLToPath(new URL('gateway-hub.ts', import.meta.url));
const SETTINGS = {
  clientId: 'bench',
  credential: { kind: 'secret', secret: 'bench' },
  signIn: 'app-only',
  tenant: 'bench',
} as const;

/** An assignment, as a worker of the server works it: reports are taken and dropped. */
export const oursWorker: Contender = {
  prepare: async () => prepareForReading(),
  async run(options) {
    const runner = createDatasetRunner({ ...settingsOf(options), workDir: join(options.dir, 'work') });
    const assignment = assignmentOf(options);
    let report: DatasetReport | null = null;
    for await (const event of runner.run(assignment, new AbortController().signal, null))
      if (event.kind === 'ended') report = event.report;
    void runner.release(assignment);
    return rowsOf(report);
  },
};

/** The same assignment as the command of a hub in another process: this process is the gateway. */
export const oursGateway: Contender = gatewayContender();

function gatewayContender(): Contender {
  let hub: ChildProcess | null = null;
  let running: RunningGateway | null = null;
  return {
    async prepare(options) {
      prepareForReading();
      hub = fork(HUB, []);
      const ready = (await answer(hub)) as HubReady;
      running = await start(options, ready);
      hub.send({ kind: 'connected' });
      await answer(hub);
    },
    async run(options) {
      if (hub === null) throw new TypeError('not prepared');
      hub.send({ kind: 'run', assignment: assignmentOf(options) });
      const rows = rowsOf((await answer(hub)) as DatasetReport);
      hub.disconnect();
      void running?.stop();
      return rows;
    },
  };
}

function rowsOf(report: DatasetReport | null): number {
  if (report?.state !== 'done') throw new Error(`The reload ended ${report?.state}: ${JSON.stringify(report?.problem)}`);
  return report.counts.rowsRead;
}

async function answer(child: ChildProcess): Promise<unknown> {
  return (await once(child, 'message'))[0];
}

function start(options: ContenderOptions, { url, registrationKey }: HubReady): Promise<RunningGateway> {
  const keyFile = join(options.dir, 'registration.key');
  writeFileSync(keyFile, registrationKey);
  const { config: source, rules } = settingsOf(options);
  const gateway = {
    ...{ dataDir: join(options.dir, 'gateway'), keyFile, server: url, version: 'bench', log: pino({ level: 'silent' }) },
    ...{ source, rules },
  };
  return startGateway(gateway, new AbortController().signal);
}

/** What both may reach. */
function settingsOf({ baseUrl, caFile, dir }: ContenderOptions): { readonly config: SourceConfig; readonly rules: TargetRules } {
  const origin = new URL(baseUrl).origin;
  const token = {
    ...{ accessToken: TOKEN, expiresAt: new Date(Date.now() + 86_400_000), tenantId: 'bench', permissions: [] },
    account: { username: 'bench', name: null, objectId: 'bench' },
  };
  return {
    config: {
      extraClouds: [{ name: 'Bench', graphOrigin: origin, authorityOrigin: origin }],
      ...{ caPem: readFileSync(caFile, 'utf8'), clock: systemClock },
      openAccessTokens: () => ({ get: async () => token }),
    },
    rules: { networks: [], folders: [dir] },
  };
}

function assignmentOf(options: ContenderOptions): DatasetAssignment {
  return {
    ...{
      runId: `run_${process.pid}`,
      attempt: 1,
      datasetRunId: `dsrun_${process.pid}`,
      dataset: benchDataset('users'),
      task: LAKE,
    },
    connection: { id: 'conn_bench', tokenCacheId: 'secret_bench', settings: { ...SETTINGS, graphBaseUrl: options.baseUrl } },
    target: { kind: 'folder', settings: { path: join(options.dir, 'lake') }, secrets: null, builtIn: true },
    ...{ deletesConfirmed: false, full: true, unreadBefore: [], readBefore: null, unreadAtStart: [], relations: NO_RELATIONS },
  };
}
