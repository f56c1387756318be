import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buildDatasets } from '#lib/catalog/build-datasets.ts';
import { parseCsdl } from '#lib/catalog/csdl.ts';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import { LakeSettings } from '#lib/domain/task.ts';
import { startEmulator } from '#lib/emulator/start.ts';
import { sourceOf } from '#lib/executor/graph-source.ts';
import { runDatasetReload } from '#lib/executor/reload.ts';
import { createGraphClient } from '#lib/graph/client.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { createHttp } from '#lib/platform/http/http.ts';
import { createSdkClient, fetchAppToken, readAllRows, type TenantAccess } from '../e2e/graph-sdk.ts';

export interface BenchResult {
  readonly users: number;
  readonly rounds: number;
  /** Rows per second, medians. */
  readonly rowsPerSecond: { readonly sdkIterate: number; readonly parquet: number };
  readonly ratios: { readonly 'nolatency-parquet-vs-sdk-iterate': number };
  /** Peak resident memory of this process (the tenant's included), MB. */
  readonly peakRssMb: number;
}

/** Reads the same users from the same server in one run: the official SDK merely iterating, and ours all the way to Parquet. */
export async function benchUsers(users: number, rounds: number): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-bench-'));
  const emulator = await startEmulator({ dir: join(dir, 'tenant'), httpPort: 0, tlsPort: 0, users, redirectUris: [] });
  try {
    const tenant = { ...emulator.info, caPem: emulator.caPem };
    const dataset = usersDataset();
    const sdk: number[] = [];
    const parquet: number[] = [];
    for (let round = 0; round < rounds; round++) {
      sdk.push(await perSecond(users, () => iterateBySdk(tenant, dataset)));
      parquet.push(await perSecond(users, () => reloadToParquet(tenant, dataset, join(dir, `round-${round}`))));
    }
    const rowsPerSecond = { sdkIterate: median(sdk), parquet: median(parquet) };
    return {
      users,
      rounds,
      rowsPerSecond,
      ratios: { 'nolatency-parquet-vs-sdk-iterate': rowsPerSecond.parquet / rowsPerSecond.sdkIterate },
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await emulator.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function usersDataset(): DatasetDefinition {
  const csdl = gunzipSync(readFileSync('lib/emulator/graph/metadata/graph-v1.0.xml.gz')).toString('utf8');
  const users = buildDatasets(parseCsdl([csdl])).find(({ name }) => name === 'users');
  if (users === undefined) throw new TypeError('the catalogue has users');
  return users;
}

async function iterateBySdk(tenant: TenantAccess, dataset: DatasetDefinition): Promise<number> {
  const select = dataset.columns.filter((column) => column.selected).map((column) => column.sourcePath);
  return (await readAllRows(await createSdkClient(tenant), `/users?$select=${select.join(',')}&$top=999`)).length;
}

async function reloadToParquet(tenant: TenantAccess, definition: DatasetDefinition, dir: string): Promise<number> {
  const token = await fetchAppToken(tenant);
  const origin = new URL(tenant.graphBaseUrl).origin;
  const http = createHttp({ allowedOrigins: [], operatorOrigins: [origin], extraCaPem: tenant.caPem });
  const graph = createGraphClient({ http, clock: systemClock, baseUrl: tenant.graphBaseUrl, accessToken: async () => token });
  const report = await runDatasetReload({
    source: sourceOf(graph),
    definition,
    target: { method: 'reload', targetId: 'targ_33333333333333333333', settings: LakeSettings.parse({ folder: 'bench' }) },
    runId: 'run_22222222222222222222',
    datasetRunId: 'dsrun_22222222222222222222',
    deletesConfirmed: false,
    landingUrl: '',
    lakeDir: join(dir, 'lake'),
    workDir: join(dir, 'work'),
    reporter: { progress: () => undefined },
    clock: systemClock,
    signal: new AbortController().signal,
  });
  await http.close();
  if (report.state !== 'done') throw new Error(`The reload ended ${report.state}: ${report.problem?.title ?? ''}`);
  return report.counts.rowsRead;
}

async function perSecond(rows: number, work: () => Promise<number>): Promise<number> {
  const startedAt = performance.now();
  const read = await work();
  if (read !== rows) throw new Error(`${read} rows were read instead of ${rows}`);
  return Math.round((rows * 1000) / (performance.now() - startedAt));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
