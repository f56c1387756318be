import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import pg from 'pg';
import { secureContextOf } from '#lib/platform/http/trust.ts';
import { allowedAddress } from '#lib/targets/allowed-address.ts';
import type { OpenedTarget } from '#lib/targets/target.ts';
import { entraToken } from './entra-token.ts';
import type { PostgresSecrets, PostgresSettings } from './settings.ts';

export type PostgresTarget = OpenedTarget<PostgresSettings, PostgresSecrets>;

/** A PostgreSQL server and the role to sign in with. */
export interface PostgresServer {
  /** Options of a new connection: requested for each connection, since the address of a name is checked each time. */
  connection(): Promise<pg.ClientConfig>;
}

/** The server of a connection string, without any check. */
export function serverOfUrl(connectionString: string): PostgresServer {
  return { connection: async () => ({ connectionString }) };
}

/** The server of a target, for writing. */
export function serverOf({ settings, secrets, rules }: PostgresTarget): PostgresServer {
  if ('url' in secrets) return serverOfUrl(secrets.url);
  const { port, database, user } = settings;
  return {
    connection: async () => ({
      // The checked address: the name could resolve to another one later.
      host: await allowedAddress(settings.host, rules),
      ...{ port, database, user, ssl: tlsOf(settings) },
      password: settings.signIn === 'password' ? secrets.password : await entraToken({ settings, secrets, rules }),
    }),
  };
}

/** For reading: with the reader role, where the operator has one. */
export function readingServerOf(target: PostgresTarget): PostgresServer {
  const { secrets } = target;
  return 'url' in secrets ? serverOfUrl(secrets.readerUrl ?? secrets.url) : serverOf(target);
}

function tlsOf({ tls, host, caPem }: PostgresSettings): pg.ClientConfig['ssl'] {
  if (tls === 'disable') return false;
  // An address cannot be the name of a TLS connection (RFC 6066, section 3).
  const named = isIP(host) === 0 ? { servername: host } : {};
  if (tls === 'require') return { ...named, rejectUnauthorized: false };
  // Asked after the certificate's signature and dates were checked: it compares the names alone. Always with the name of the settings, since
  // the connection uses the address that it resolved to.
  const checkName = (_: string, certificate: PeerCertificate): Error | undefined =>
    tls === 'verify-ca' ? undefined : checkServerIdentity(host, certificate);
  return {
    ...named,
    checkServerIdentity: checkName,
    rejectUnauthorized: true,
    secureContext: secureContextOf(caPem === '' ? null : caPem),
  };
}

/** A client that is not connected yet. */
export async function createClient(server: PostgresServer, options: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({
    ...(await server.connection()),
    application_name: 'entrada',
    connectionTimeoutMillis: 10_000,
    ...options,
  });
  // The next query reports a broken connection; an unhandled `error` event would end the process.
  client.on('error', () => undefined);
  return client;
}
