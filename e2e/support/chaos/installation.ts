import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { completeSignIn } from '#lib/emulator/testing/browser.ts';
import { type Rows, readLakeRows, readLandedRows, readTenantRows } from '#lib/executor/testing/tenant-rows.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#lib/platform/postgres/embedded.ts';
import { freePorts } from '../free-ports.ts';
import { createSdkClient } from '../graph-sdk.ts';
import { type Product, startProduct } from '../product.ts';
import { createPatientApi, type PatientApi } from './patient-api.ts';
import { type ServerProcess, serverProcess } from './server-process.ts';

export interface InstallationSize {
  /** Web servers in addition to the first one, which is never ended. */
  readonly furtherWebs: number;
  readonly workers: number;
  readonly latencyMs: number;
}

/** A task, and where its rows are. */
export interface ChaosTask {
  readonly id: string;
  readonly name: string;
  readonly kind: TaskKind;
  readonly tenant: Tenant;
}

export interface Tenant {
  readonly name: string;
  readonly emulator: RunningEmulator;
  /** What Microsoft's own SDK reads, without the faults of the tenant. */
  read(): Promise<Rows>;
}

/** Web servers and workers on one PostgreSQL, two tenants, and tasks of each update method. */
export interface Installation {
  readonly api: PatientApi;
  readonly webs: readonly ServerProcess[];
  readonly workers: readonly ServerProcess[];
  readonly tasks: readonly ChaosTask[];
  readonly databaseUrl: string;
  readonly landingUrl: string;
  readonly workDirs: readonly string[];
  restartDatabase(): Promise<void>;
  readTarget(task: ChaosTask): Promise<Rows>;
  stop(): Promise<void>;
}

const USERS = 120;
const PAGE_SIZE = 20;
const DATABASES = ['entrada', 'entrada_landing'];

const KINDS = {
  history: { method: 'reload-and-compare', settings: { history: true } },
  together: {
    method: 'reload-and-compare',
    settings: { publish: 'together', incremental: false, relationKeys: 'foreign-keys', relationshipViews: true },
  },
  load: { method: 'full-load', settings: { relationKeys: 'foreign-keys' } },
  truncate: { method: 'full-load', settings: { publish: 'together', whenTableExists: 'truncate' } },
  lake: { method: 'reload', settings: { tables: 'delta-and-iceberg' } },
} as const;
export type TaskKind = keyof typeof KINDS;
export const ALL_KINDS = Object.keys(KINDS) as readonly TaskKind[];

/** Starts all of it. @param kinds of the tasks of each tenant. */
export async function startInstallation(size: InstallationSize, kinds: readonly (readonly TaskKind[])[]): Promise<Installation> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-chaos-'));
  chmodSync(dir, 0o755);
  const closers: (() => Promise<unknown>)[] = [async () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 })];
  const stop = async () => {
    for (const close of closers.toReversed()) await close().catch(() => undefined);
  };
  try {
    const [webPort = 0, databasePort = 0, ...ports] = await freePorts(2 + size.furtherWebs);
    const startDatabase = () =>
      startEmbeddedPostgres(join(dir, 'postgres'), DATABASES, { settings: { port: String(databasePort) } });
    let database: EmbeddedPostgres = await startDatabase();
    closers.push(() => database.stop());
    const tenants = await Promise.all(kinds.map((_, at) => startTenant(join(dir, `tenant${at}`), at + 1, webPort)));
    closers.push(
      ...tenants.map(
        ({ emulator }) =>
          () =>
            emulator.stop(),
      ),
    );
    const shared = sharedSettings(database, tenants, webPort);
    const product = await startProduct({ ...shared, PORT: String(webPort), ENTRADA_WORKERS: '0' });
    closers.push(() => product.stop());
    const { webs, workers, workDirs } = processesOf({ dir, product, shared, size, ports });
    closers.push(...[...webs, ...workers].map((part) => () => part.end('SIGTERM')));
    await Promise.all([...webs, ...workers].map((part) => part.start()));
    const { choose } = chooserOf([webPort, ...ports]);
    const api = createPatientApi(choose, await adminToken(product));
    const tasks: ChaosTask[] = [];
    for (const [at, tenant] of tenants.entries()) {
      const connectionId = await connect(api, tenant, at === 0 ? 'delegated' : 'app-only');
      for (const kind of kinds[at] ?? []) tasks.push(await makeTask(api, { connectionId, tenant, kind }));
    }
    for (const { emulator } of tenants) await setFaults(emulator, { pageSizeMax: PAGE_SIZE, latencyMs: size.latencyMs });
    return {
      ...{ api, webs, workers, tasks, workDirs, stop },
      databaseUrl: database.url('entrada'),
      landingUrl: database.url('entrada_landing'),
      restartDatabase: async () => {
        await database.stop();
        database = await startDatabase();
      },
      readTarget: ({ kind, name }) =>
        kind === 'lake'
          ? readLakeRows(join(product.dataDir, 'lake', name))
          : readLandedRows(database.url('entrada_landing'), name),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Another web server with each request. */
function chooserOf(ports: readonly number[]) {
  let turn = 0;
  return { choose: () => `http://localhost:${ports[turn++ % ports.length]}` };
}

async function startTenant(dir: string, seed: number, webPort: number): Promise<Tenant> {
  const redirectUris = [`http://localhost:${webPort}/auth/oauth/code`];
  const emulator = await startEmulator({ dir, users: USERS, seed, redirectUris, httpPort: 0, tlsPort: 0 });
  return {
    ...{ name: `tenant${seed}`, emulator },
    read: async () => {
      await setFaults(emulator, null);
      return readTenantRows(await createSdkClient({ ...emulator.info, caPem: emulator.caPem }));
    },
  };
}

function sharedSettings(database: EmbeddedPostgres, tenants: readonly Tenant[], webPort: number) {
  const clouds = tenants.map(({ name, emulator: { info } }) => ({
    name,
    graphOrigin: new URL(info.graphBaseUrl).origin,
    authorityOrigin: info.authority,
    signInOrigin: new URL(info.adminUrl).origin,
    caFile: info.caFile,
  }));
  return {
    DATABASE_URL: database.url('entrada'),
    ENTRADA_LANDING_URL: database.url('entrada_landing'),
    ENTRADA_SECRET_KEY: `k1:${randomBytes(32).toString('base64')}`,
    AUTH_SECRET: randomBytes(32).toString('base64'),
    ENTRADA_URL: `http://localhost:${webPort}`,
    ENTRADA_DEMO: 'false',
    ENTRADA_EXTRA_CLOUDS: JSON.stringify(clouds),
    ENTRADA_LOG_LEVEL: 'info',
    ENTRADA_METRICS_PORT: '',
    NODE_OPTIONS: '',
  };
}

/** The last worker is on another machine: it does not see the stages of the others. */
function processesOf(at: {
  readonly dir: string;
  readonly product: Product;
  readonly shared: Readonly<Record<string, string>>;
  readonly size: InstallationSize;
  readonly ports: readonly number[];
}) {
  const { product, shared, size, ports } = at;
  const env = { ...product.env, ...shared, AUTH_URL: shared['ENTRADA_URL'] ?? '', AUTH_TRUST_HOST: 'true' };
  const webs = ports.map((port, index) => serverProcess(`web ${index + 2}`, 'web', { ...env, PORT: String(port) }));
  const away = join(at.dir, 'machine2');
  mkdirSync(away);
  const lake = { ENTRADA_LAKE_DIR: join(product.dataDir, 'lake') };
  const workers = Array.from({ length: size.workers }, (_, index) => {
    const home = index === size.workers - 1 ? { ENTRADA_DATA_DIR: away } : {};
    return serverProcess(`worker ${index + 1}`, 'worker', { ...env, ...lake, ...home });
  });
  return { webs, workers, workDirs: [join(product.dataDir, 'work'), join(away, 'work')] };
}

async function adminToken(product: Product): Promise<string> {
  const set = ['name=chaos', 'scopes=[read, operate, edit, admin]', 'days=30'].flatMap((value) => ['--set', value]);
  const { code, stdout, stderr } = await product.cli(['tokens', 'create', ...set, '--json']);
  if (code !== 0) throw new Error(`no token: ${stdout}${stderr}`);
  return (JSON.parse(stdout) as { token: string }).token;
}

async function connect(api: PatientApi, { name, emulator }: Tenant, signIn: 'delegated' | 'app-only'): Promise<string> {
  const { clientId, clientSecret, graphBaseUrl, tenantDomain, authority, adminUrl, users, password } = emulator.info;
  const settings = { clientId, clientSecret, graphBaseUrl, tenant: tenantDomain, signIn };
  let verificationId: unknown;
  if (signIn === 'app-only') verificationId = (await api.post('/verifications/application', settings))['id'];
  else {
    const { id, authorizeUrl } = await api.post('/verifications', settings);
    const account = { username: users[0]?.username ?? '', password };
    const landed = await completeSignIn(String(authorizeUrl).replace(authority, adminUrl), account);
    await api.post(`/verifications/${String(id)}/code`, { pasted: landed.searchParams.get('code') });
    verificationId = id;
  }
  return String((await api.post('/connections', { verificationId, name }))['id']);
}

async function makeTask(
  api: PatientApi,
  of: { readonly connectionId: string; readonly tenant: Tenant; readonly kind: TaskKind },
): Promise<ChaosTask> {
  const { connectionId, tenant, kind } = of;
  const listed = await api.get(`/connections/${connectionId}/metadata/datasets?limit=1000`);
  const datasets = listed['items'] as { readonly id: string; readonly name: string }[];
  const datasetIds = datasets.filter((each) => ['users', 'group_members'].includes(each.name)).map(({ id }) => id);
  const targets = (await api.get('/targets'))['items'] as { readonly id: string; readonly kind: string }[];
  const { method, settings } = KINDS[kind];
  const targetId = targets.find((each) => each.kind === (kind === 'lake' ? 'folder' : 'postgres'))?.id;
  const name = `${tenant.name}_${kind}`;
  const place = kind === 'lake' ? { folder: name } : { schema: name };
  const target = { method, targetId, settings: { ...settings, ...place } };
  const task = await api.post('/tasks', { name, connectionId, datasetIds, target });
  return { id: String(task['id']), name, kind, tenant };
}

async function setFaults({ info }: RunningEmulator, graph: object | null): Promise<void> {
  const headers = { authorization: `Bearer ${info.adminToken}` };
  const answer = await fetch(`${info.adminUrl}/__admin/faults`, { method: 'POST', headers, body: JSON.stringify({ graph }) });
  if (!answer.ok) throw new Error(`the tenant answered ${answer.status}`);
}
