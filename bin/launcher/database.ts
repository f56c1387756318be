import { join } from 'node:path';
import pg from 'pg';
import type { DataDir } from '#lib/platform/data-dir.ts';
import type { Env } from '#lib/platform/env.ts';
import { startEmbeddedPostgres } from '#lib/platform/postgres/embedded.ts';
import { STAGING_SCHEMA } from '#lib/targets/postgres/landed-table.ts';
import { CliError } from './cli-error.ts';

/** Role that may only read what was landed. */
const READER = 'entrada_reader';

export interface Databases {
  readonly databaseUrl: string;
  readonly landingUrl: string;
  readonly landingReaderUrl: string;
  /** Stops the embedded server; does nothing for one of the operator's own. */
  stop(): Promise<void>;
}

/** Starts the embedded PostgreSQL, or checks the operator's own, and prepares the landing database's read-only role. */
export async function openDatabases(env: Env, dataDir: DataDir): Promise<Databases> {
  if (env.DATABASE_URL === undefined) {
    const server = await startEmbeddedPostgres(dataDir.file('postgres'), ['entrada', 'entrada_landing']);
    const landingUrl = server.url('entrada_landing');
    const landingReaderUrl = await prepareReader(landingUrl, dataDir.readerPassword);
    return { databaseUrl: server.url('entrada'), landingUrl, landingReaderUrl, stop: () => server.stop() };
  }
  await requireReachable(env.DATABASE_URL, 'DATABASE_URL');
  const landingUrl = env.ENTRADA_LANDING_URL ?? env.DATABASE_URL;
  if (env.ENTRADA_LANDING_URL !== undefined) await requireReachable(landingUrl, 'ENTRADA_LANDING_URL');
  const landingReaderUrl = env.ENTRADA_LANDING_READER_URL ?? (await prepareReader(landingUrl, dataDir.readerPassword));
  return { databaseUrl: env.DATABASE_URL, landingUrl, landingReaderUrl, stop: async () => {} };
}

/** Path of the migrations, from anywhere. */
export const MIGRATIONS_DIR = join(import.meta.dirname, '../../prisma/migrations');

async function requireReachable(url: string, variable: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (cause) {
    const { host, pathname } = new URL(url);
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : String((cause as { code?: unknown }).code);
    throw new CliError(`The PostgreSQL of ${variable} (${host}${pathname}) can't be reached: ${reason}`, { cause });
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Makes the read-only role, or gives it its password again. Whatever the owner creates later is readable without further grants,
 * but for the schema where rows lie that aren't published yet.
 */
async function prepareReader(landingUrl: string, password: string): Promise<string> {
  const client = new pg.Client({ connectionString: landingUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [READER]);
    const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
    await client.query(`${verb} ROLE ${READER} LOGIN PASSWORD ${pg.escapeLiteral(password)} NOSUPERUSER NOCREATEDB NOCREATEROLE`);
    await client.query(`ALTER ROLE ${READER} SET default_transaction_read_only = on`);
    await client.query(`ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO ${READER}`);
    // Made here, before anybody stages rows in it, so that it can be closed.
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${STAGING_SCHEMA}`);
    await client.query(`REVOKE ALL ON SCHEMA ${STAGING_SCHEMA} FROM ${READER}`);
    await client.query(`ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${READER}`);
  } catch (cause) {
    throw new CliError(
      `The read-only role ${READER} can't be made in the landing database: ${(cause as Error).message}. Give the role of the connection string CREATEROLE, ` +
        'or make a reading role yourself and set ENTRADA_LANDING_READER_URL.',
      { cause },
    );
  } finally {
    await client.end();
  }
  const url = new URL(landingUrl);
  url.username = READER;
  url.password = password;
  return url.toString();
}
