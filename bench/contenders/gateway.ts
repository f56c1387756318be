import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { NO_RELATIONS } from '#lib/domain/task/relations.ts';
import type { DatasetAssignment } from '#lib/executor/dataset-assignment.ts';
import { type RunningGateway, startGateway } from '#lib/gateway/agent/start-gateway.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { prepareForReading } from '#lib/platform/memory.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
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

/** The reload of `ours-parquet` as a command of a hub in another process: this process is the gateway. */
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
      const report = (await answer(hub)) as DatasetReport;
      if (report.state !== 'done') throw new Error(`The reload ended ${report.state}: ${JSON.stringify(report.problem)}`);
      hub.disconnect();
      void running?.stop();
      return report.counts.rowsRead;
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  return (await once(child, 'message'))[0];
}

function start(options: ContenderOptions, { url, registrationKey }: HubReady): Promise<RunningGateway> {
  const keyFile = join(options.dir, 'registration.key');
  writeFileSync(keyFile, registrationKey);
  const origin = new URL(options.baseUrl).origin;
  const token = {
    ...{ accessToken: TOKEN, expiresAt: new Date(Date.now() + 86_400_000), tenantId: 'bench', permissions: [] },
    account: { username: 'bench', name: null, objectId: 'bench' },
  };
  const gateway = {
    ...{ dataDir: join(options.dir, 'gateway'), keyFile, server: url, version: 'bench', log: pino({ level: 'silent' }) },
    source: {
      extraClouds: [{ name: 'Bench', graphOrigin: origin, authorityOrigin: origin }],
      ...{ caPem: readFileSync(options.caFile, 'utf8'), clock: systemClock },
      openAccessTokens: () => ({ get: async () => token }),
    },
    rules: { networks: [], folders: [options.dir] },
  };
  return startGateway(gateway, new AbortController().signal);
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
