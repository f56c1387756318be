import pg from 'pg';
import { secureContextOf } from '#lib/platform/http/trust.ts';
import { allowedAddress } from '#lib/targets/allowed-address.ts';
import type { OpenedTarget } from '#lib/targets/target.ts';
import type { PostgresSecrets, PostgresSettings } from './settings.ts';

export type PostgresTarget = OpenedTarget<PostgresSettings, PostgresSecrets>;

/** A PostgreSQL server and the role to sign in as. */
export interface PostgresServer {
  /**
   * How to connect now: asked for each connection, since the address behind a name is checked each time.
   * @throws AppError `target-host-refused`, `target-host-unknown`
   */
  connection(): Promise<pg.ClientConfig>;
}

/** The server of a connection string, which nothing is checked of. */
export function serverOfUrl(connectionString: string): PostgresServer {
  return { connection: async () => ({ connectionString }) };
}

/** The server of a target, for writing. */
export function serverOf({ settings, secrets, rules }: PostgresTarget): PostgresServer {
  if ('url' in secrets) return serverOfUrl(secrets.url);
  const { port, database, user } = settings;
  return {
    connection: async () => ({
      // The address that was checked: a name could lead elsewhere the next moment.
      host: await allowedAddress(settings.host, rules),
      ...{ port, database, user, password: secrets.password, ssl: tlsOf(settings) },
    }),
  };
}

/** For reading alone: as the reader role, where the operator has one. */
export function readingServerOf(target: PostgresTarget): PostgresServer {
  const { secrets } = target;
  return 'url' in secrets ? serverOfUrl(secrets.readerUrl ?? secrets.url) : serverOf(target);
}

function tlsOf({ tls, host, caPem }: PostgresSettings): pg.ClientConfig['ssl'] {
  if (tls === 'disable') return false;
  // The certificate is that of the name, also where the connection goes to the address.
  const named = { servername: host };
  if (tls === 'require') return { ...named, rejectUnauthorized: false };
  // The certificate's signature and dates are checked before this is asked: it compares the names alone.
  const anyName = tls === 'verify-ca' ? { checkServerIdentity: () => undefined } : {};
  return { ...named, ...anyName, rejectUnauthorized: true, secureContext: secureContextOf(caPem === '' ? null : caPem) };
}

/** A client that isn't connected yet. */
export async function createClient(server: PostgresServer, options: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({
    ...(await server.connection()),
    application_name: 'entrada',
    connectionTimeoutMillis: 10_000,
    ...options,
  });
  // The next query reports a broken connection; without a listener the event would end the process.
  client.on('error', () => undefined);
  return client;
}
