import { join } from 'node:path';
import pg from 'pg';
import type { DataDir } from '#lib/platform/config/data-dir.ts';
import type { Env } from '#lib/platform/config/env.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#lib/platform/postgres/embedded.ts';
import { transferDatabaseOwnership } from '#lib/platform/postgres/owner-role.ts';
import { prepareReaderRole, revokeFromPublic } from '#lib/targets/postgres/reader-role.ts';
import { READER_ROLE } from '#lib/targets/postgres/table/landed-table.ts';
import { CliError } from './cli-error.ts';

/** Role of the web app and the workers; only the start uses the superuser. */
const OWNER = 'entrada_app';

export interface Databases {
  readonly databaseUrl: string;
  readonly landingUrl: string;
  readonly landingReaderUrl: string;
  /** Stops the embedded server; does nothing for an external one. */
  stop(): Promise<void>;
}

/** Starts the embedded PostgreSQL, or checks an external one, and prepares the landing database's read-only role. */
export async function openDatabases(env: Env, dataDir: DataDir): Promise<Databases> {
  if (env.DATABASE_URL === undefined) {
    const server = await startEmbeddedPostgres(dataDir.file('postgres'), ['entrada', 'entrada_landing']);
    try {
      return { ...(await prepareEmbedded(server, dataDir)), stop: () => server.stop() };
    } catch (error) {
      await server.stop();
      throw error;
    }
  }
  await requireReachable(env.DATABASE_URL, 'DATABASE_URL');
  const landingUrl = env.ENTRADA_LANDING_URL ?? env.DATABASE_URL;
  if (env.ENTRADA_LANDING_URL !== undefined) await requireReachable(landingUrl, 'ENTRADA_LANDING_URL');
  const landingReaderUrl = env.ENTRADA_LANDING_READER_URL ?? (await prepareReader(landingUrl, dataDir.readerPassword));
  return { databaseUrl: env.DATABASE_URL, landingUrl, landingReaderUrl, stop: async () => {} };
}

/** Absolute path of the migrations. */
export const MIGRATIONS_DIR = join(import.meta.dirname, '../../prisma/migrations');

async function requireReachable(url: string, variable: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (cause) {
    const { host, pathname } = new URL(url);
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : String((cause as { code?: unknown }).code);
    throw new CliError(`Entrada cannot reach the PostgreSQL server of ${variable} (${host}${pathname}): ${reason}`, { cause });
  } finally {
    await client.end().catch(() => {});
  }
}

/** Creates the read-only role of the landing database; returns its connection string. */
async function prepareReader(landingUrl: string, password: string): Promise<string> {
  const client = new pg.Client({ connectionString: landingUrl });
  await client.connect();
  try {
    await prepareReaderRole(client, { password });
  } catch (cause) {
    throw new CliError(
      `Entrada cannot create the read-only role ${READER_ROLE} in the landing database: ${(cause as Error).message}. Give the role of the connection string CREATEROLE, ` +
        'or create a role that may only read, and set ENTRADA_LANDING_READER_URL.',
      { cause },
    );
  } finally {
    await client.end();
  }
  const url = new URL(landingUrl);
  url.username = READER_ROLE;
  url.password = password;
  return url.toString();
}

/**
 * Gives the embedded server's two databases to a role that is not a superuser, and allows no other role to connect except the reader
 * to the landing database.
 */
async function prepareEmbedded(server: EmbeddedPostgres, dataDir: DataDir): Promise<Omit<Databases, 'stop'>> {
  const owner = { name: OWNER, password: dataDir.ownerPassword };
  const adminUrl = server.url('entrada_landing');
  const databaseUrl = await transferDatabaseOwnership(server.url('entrada'), owner);
  const landingReaderUrl = await prepareReader(adminUrl, dataDir.readerPassword);
  // Last: objects that the superuser created change their owner as well.
  const landingUrl = await transferDatabaseOwnership(adminUrl, owner);
  for (const url of [server.url('entrada'), adminUrl]) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await revokeFromPublic(client, OWNER);
      if (url === adminUrl) await client.query(`GRANT CONNECT ON DATABASE entrada_landing TO ${READER_ROLE}`);
    } finally {
      await client.end();
    }
  }
  return { databaseUrl, landingUrl, landingReaderUrl };
}
