import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Role } from '#lib/domain/account/role.ts';
import type { EmulatorInfo } from '#lib/emulator/info.ts';
import { freePair, freePorts } from './free-ports.ts';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** Entrada after `npm start` with an empty data folder. */
export interface Product {
  readonly baseUrl: string;
  readonly dataDir: string;
  /** A folder that targets may use. */
  readonly lakeRoot: string;
  /** Its environment; also for further processes with the same data folder. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `npm run entrada -- ARGS` with its data folder; `input` is standard input. */
  cli(args: readonly string[], input?: string): Promise<CliResult>;
  /** Addresses, app registrations and accounts of its demo tenant. */
  emulator(): Promise<EmulatorInfo>;
  /** Calls the demo tenant's admin surface: `faults`, `certificates`, `revoke`, `mutate`. */
  emulatorAdmin(route: string, body: object): Promise<void>;
  /** An account with this role; created at the first call. */
  account(role: Role): Promise<Account>;
  /** Its output so far, for messages of failing tests. */
  output(): string;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');
const READY = 'Entrada is ready at';
const READY_WITHIN_MS = 180_000;
const STOPPED_WITHIN_MS = 40_000;
/** An allowed cloud that is unreachable: nothing listens on the discard port. */
export const SILENT_CLOUD = { name: 'Silent', graphOrigin: 'https://localhost:9', authorityOrigin: 'https://localhost:9' };

const ADMIN: Account = { email: 'admin@entrada.test', password: 'correct horse battery staple' };

/**
 * Starts the product with an empty temporary data folder and free ports.
 * @param inside command line that starts its processes, `ip netns exec NAME`.
 * @throws with its output when it is not ready in time.
 */
export async function startProduct(
  settings: Readonly<Record<string, string>> = {},
  inside: readonly string[] = [],
): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrada-e2e-'));
  // PostgreSQL runs as another user when root runs the tests.
  chmodSync(dataDir, 0o755);
  const lakeRoot = join(dataDir, 'exports');
  const [port, demoPort, demoTlsPort] = await freePorts(3);
  const env: Readonly<Record<string, string>> = {
    ...inherited(),
    PORT: String(port),
    ENTRADA_DEMO_PORT: String(demoPort),
    ENTRADA_DEMO_TLS_PORT: String(demoTlsPort),
    ENTRADA_METRICS_PORT: String(await freePair()),
    ENTRADA_DATA_DIR: dataDir,
    ENTRADA_LAKE_ROOTS: lakeRoot,
    ENTRADA_ADMIN_EMAIL: ADMIN.email,
    ENTRADA_ADMIN_PASSWORD: ADMIN.password,
    ENTRADA_DEMO_USERS: '400',
    ENTRADA_EXTRA_CLOUDS: JSON.stringify([SILENT_CLOUD]),
    // Logs everything: the tests check that no secret is logged.
    ENTRADA_LOG_LEVEL: 'trace',
    // Half the CPU time of its pages; watched-run.spec.ts holds the bound of the default.
    ENTRADA_WEB_HEAP: 'large',
    // Shows the origin of deprecation warnings; any warning fails the tests (fixtures.ts).
    NODE_OPTIONS: '--trace-deprecation',
    ...settings,
  };
  const child = entrada(['start'], { env, inside });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (said += data.toString()));
  const stop = async () => {
    await leave(child);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await ready(child, () => said);
  } catch (error) {
    await stop();
    throw error;
  }
  const cli = (args: readonly string[], input = '') => runCli(args, { env, inside }, input);
  let info: Promise<EmulatorInfo> | undefined;
  const emulator = () => {
    info ??= succeed(cli(['emulator', 'info', '--json'])).then(({ stdout }) => JSON.parse(stdout) as EmulatorInfo);
    return info;
  };
  return {
    baseUrl: env['ENTRADA_URL'] ?? `http://localhost:${env['PORT']}`,
    dataDir,
    lakeRoot,
    env,
    cli,
    emulator,
    emulatorAdmin: async (route, body) => {
      const { adminUrl, adminToken } = await emulator();
      const headers = { authorization: `Bearer ${adminToken}` };
      const answer = await fetch(`${adminUrl}/__admin/${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`the demo tenant answered ${answer.status}: ${await answer.text()}`);
    },
    account: rememberAccounts(cli),
    output: () => said,
    stop,
  };
}

function rememberAccounts(cli: Product['cli']): Product['account'] {
  const made = new Map<Role, Promise<Account>>([['admin', Promise.resolve(ADMIN)]]);
  return (role) => {
    const known = made.get(role);
    if (known !== undefined) return known;
    const account = { email: `${role}@entrada.test`, password: `${role} has a long password` };
    const making = succeed(
      cli(['admin', 'create-user', account.email, '--role', role, '--password-stdin'], account.password),
    ).then(() => account);
    made.set(role, making);
    return making;
  };
}

async function succeed(running: Promise<CliResult>): Promise<CliResult> {
  const result = await running;
  if (result.code !== 0) throw new Error(`The command ended with ${result.code}:\n${result.stdout}${result.stderr}`);
  return result;
}

/** The environment without variables that configure Entrada. */
function inherited(): Record<string, string> {
  const foreign = /^(ENTRADA_|AUTH_|DATABASE_URL$|PORT$|NODE_ENV$|NODE_OPTIONS$|(https?|no)_proxy$)/i;
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !foreign.test(name));
  return Object.fromEntries(kept) as Record<string, string>;
}

/** How processes of a product are started. */
interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly inside: readonly string[];
}

function entrada(args: readonly string[], { env, inside }: Surroundings): ChildProcess {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', join(ROOT, 'bin/entrada.ts')];
  const [program = '', ...rest] = [...inside, ...node, ...args];
  return spawn(program, rest, {
    cwd: ROOT,
    env: env as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function runCli(args: readonly string[], surroundings: Surroundings, input: string): Promise<CliResult> {
  const child = entrada(args, surroundings);
  if (child.stdin === null || child.stdout === null || child.stderr === null) throw new Error('no pipes');
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<number>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** Waits for the line that reports readiness. Stops reading then: a product writes megabytes during its tests. */
function ready(child: ChildProcess, said: () => string): Promise<void> {
  return new Promise((done, fail) => {
    const look = () => {
      if (said().includes(READY)) settle(done);
    };
    const giveUp = setTimeout(
      () => settle(() => fail(new Error(`Entrada isn't ready in time. It said:\n${said()}`))),
      READY_WITHIN_MS,
    );
    const settle = (act: () => void) => {
      clearTimeout(giveUp);
      child.stdout?.off('data', look);
      act();
    };
    child.stdout?.on('data', look);
    child.on('error', (error) => settle(() => fail(error)));
    child.on('exit', (code) => settle(() => fail(new Error(`Entrada ended with ${code}. It said:\n${said()}`))));
  });
}

async function leave(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((done) => {
    const force = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(force);
      done();
    });
    child.kill('SIGTERM');
  });
}
