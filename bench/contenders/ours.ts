import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Granted } from '#lib/domain/access/access.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LakeSettings, LandingSettings, type TaskTarget, writesFiles } from '#lib/domain/task/task.ts';
import { runDatasetReload } from '#lib/executor/reload.ts';
import { createGraphClient } from '#lib/graph/client/client.ts';
import { createMemoryQuotaStore } from '#lib/graph/limits/quota-store.ts';
import { createRequestLimiters } from '#lib/graph/limits/request-limiter.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { createHttp } from '#lib/platform/http/http.ts';
import { parseNetwork } from '#lib/platform/http/networks.ts';
import { prepareForReading } from '#lib/platform/memory.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { landingDatabase, localLake } from '#lib/targets/built-in.ts';
import { type BenchDataset, benchDataset } from '../dataset.ts';
import { startAzurite } from './azurite.ts';
import { type Contender, type ContenderOptions, TOKEN } from './contender.ts';

/** Schema of the compared tables. */
export const SCHEMA = 'bench';

/** Settings of `ours-parquet`. */
export const LAKE: TaskTarget = {
  method: 'reload',
  targetId: 'targ_33333333333333333333',
  settings: LakeSettings.parse({ folder: 'bench' }),
};
const FULL_LOAD: TaskTarget = {
  method: 'full-load',
  targetId: 'targ_22222222222222222222',
  settings: LandingSettings.parse({ schema: 'loaded' }),
};
const COMPARE: TaskTarget = { ...FULL_LOAD, method: 'reload-and-compare', settings: LandingSettings.parse({ schema: SCHEMA }) };

/** With a schema of this process, so that the table does not exist yet. */
const FIRST_COMPARE: TaskTarget = { ...COMPARE, settings: LandingSettings.parse({ schema: `first_${process.pid}` }) };

/** Without the permission, groups that hide their members would leave each membership reload incomplete. */
const GRANTED: Granted = { permissions: new Set(['Directory.Read.All', 'Member.Read.Hidden']), signIn: 'app-only' };

/** A dataset run like that of a worker: source over Graph, stage, proof of completeness, publish. */
async function reload(
  options: ContenderOptions,
  dataset: DatasetDefinition,
  target: TaskTarget,
  access: TargetAccess,
): Promise<DatasetReport> {
  const http = createHttp({
    allowedOrigins: [],
    operatorOrigins: [new URL(options.baseUrl).origin],
    extraCaPem: readFileSync(options.caFile, 'utf8'),
  });
  const scope = { graphOrigin: new URL(options.baseUrl).origin, tenantId: 'bench', clientId: 'bench' };
  const graph = createGraphClient({
    http,
    clock: systemClock,
    baseUrl: options.baseUrl,
    accessToken: async () => TOKEN,
    throttle: createRequestLimiters({ store: createMemoryQuotaStore(systemClock), clock: systemClock }).of(scope),
  });
  const report = await runDatasetReload({
    source: sourceOf(graph, async () => GRANTED),
    definition: dataset,
    target,
    runId: `run_${process.pid}`,
    datasetRunId: `dsrun_${process.pid}`,
    deletesConfirmed: false,
    access,
    rules: { networks: ['127.0.0.1'].map(parseNetwork).filter((network) => network !== null), folders: [] },
    workDir: join(options.dir, 'work'),
    reporter: { progress: () => undefined },
    clock: systemClock,
    signal: new AbortController().signal,
    onInternalError: (error) => {
      throw error;
    },
  });
  await http.close();
  if (report.state !== 'done') throw new Error(`The reload ended ${report.state}: ${JSON.stringify(report.problem)}`);
  return report;
}

/** Location of landed rows: the folder of the contender or the landing database. */
async function localAccess(options: ContenderOptions, target: TaskTarget): Promise<TargetAccess> {
  return writesFiles(target) ? localLake(join(options.dir, 'lake')) : landingDatabase(options.landingUrl);
}

function contender(name: BenchDataset, target: TaskTarget, accessOf = localAccess): Contender {
  let dataset: DatasetDefinition | null = null;
  let access: TargetAccess | null = null;
  return {
    // A worker reads definitions from the database, so parsing $metadata is not part of a reload.
    prepare: async (options) => {
      access = await accessOf(options, target);
      // Like a worker.
      prepareForReading();
      dataset = benchDataset(name);
    },
    run: async (options) => {
      if (access === null || dataset === null) throw new TypeError('a contender is prepared before it runs');
      return (await reload(options, dataset, target, access)).counts.rowsRead;
    },
  };
}

export const oursParquet = contender('users', LAKE);
export const oursAzurite = contender('users', LAKE, startAzurite);
export const oursFullLoad = contender('users', FULL_LOAD);
export const oursCompare = contender('users', COMPARE);
export const oursMethods = contender('user_authentication_methods', LAKE);
export const oursFirstCompare = contender('users', FIRST_COMPARE);
export const oursMembers = contender('group_members', LAKE);
