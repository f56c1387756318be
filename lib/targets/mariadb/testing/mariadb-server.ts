import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import type { TargetAccess } from '#lib/domain/target/target.ts';

export const ROOT = { user: 'root', password: 'for tests' } as const;

/**
 * Path of `mariadbd`: ENTRADA_TEST_MARIADB, or on the PATH, or where Debian puts it. Null: there is none, and tests on it are left out, since
 * no package of npm has it.
 */
export function findMariadbd(): string | null {
  const named = process.env['ENTRADA_TEST_MARIADB'];
  if (named !== undefined && named !== '') return named;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'mariadbd')).find((path) => existsSync(path)) ?? null;
}

export interface MariadbServer {
  readonly port: number;
  /** A database of its own, by root. */
  createDatabase(): Promise<string>;
  connect(database?: string): Promise<mysql.Connection>;
  access(database: string, settings?: object, password?: string): TargetAccess;
  stop(): Promise<void>;
}

let databases = 0;

/** A server on 127.0.0.1 with an empty data folder of its own. */
export async function startMariadb(mariadbd: string): Promise<MariadbServer> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-mariadb-'));
  // MariaDB refuses to run as root, and its own account has to reach the folder.
  const isRoot = process.getuid?.() === 0;
  const data = join(dir, 'data');
  if (isRoot) chmodSync(dir, 0o777);
  const account = isRoot ? ['--user=mysql'] : [];
  const install = spawnSync(
    join(mariadbd.replace(/s?bin\/mariadbd$/, ''), 'bin/mariadb-install-db'),
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...account],
    { encoding: 'utf8' },
  );
  if (install.status !== 0) throw new Error(`mariadb-install-db: ${install.stdout}${install.stderr}`);
  const port = await freePort();
  const log = join(dir, 'mariadb.log');
  const args = ['--no-defaults', `--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(dir, 's')}`];
  const small = [
    '--innodb-buffer-pool-size=64M',
    '--innodb-flush-log-at-trx-commit=0',
    '--performance-schema=OFF',
    '--skip-log-bin',
  ];
  const child = spawn(mariadbd, [...args, ...small, `--log-error=${log}`, ...account], { stdio: 'ignore' });
  const root = (database?: string) =>
    mysql.createConnection({
      host: '127.0.0.1',
      port,
      ...ROOT,
      ...(database === undefined ? {} : { database }),
      multipleStatements: true,
      dateStrings: true,
    });
  await setPassword(port, child, log);
  return {
    port,
    connect: root,
    async createDatabase() {
      const name = `test_${++databases}`;
      const connection = await root();
      await connection.query(`CREATE DATABASE ${name}`);
      await connection.end();
      return name;
    },
    access: (database, settings = {}, password = ROOT.password) => ({
      ...{ kind: 'mariadb', secrets: { password }, builtIn: false },
      settings: {
        host: '127.0.0.1',
        port,
        database,
        user: ROOT.user,
        tls: 'disable',
        caPem: '',
        prefix: '{schema}_',
        ...settings,
      },
    }),
    async stop() {
      // Nothing of it is needed any more: a shutdown would only take time.
      const ended = child.exitCode === null ? once(child, 'exit') : null;
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function setPassword(port: number, child: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: ROOT.user });
      await connection.query(`ALTER USER root@localhost IDENTIFIED BY '${ROOT.password}'`);
      await connection.query(`GRANT ALL ON *.* TO root@'127.0.0.1' IDENTIFIED BY '${ROOT.password}' WITH GRANT OPTION`);
      return await connection.end();
    } catch (error) {
      if (child.exitCode !== null || tries > 300)
        throw new Error(`mariadbd did not start: ${readFileSync(log, 'utf8')}`, { cause: error });
      await sleep(100);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
