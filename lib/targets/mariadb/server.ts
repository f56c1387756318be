import { connect, type Socket } from 'node:net';
import type { Connection, SslOptions } from 'mysql2';
import { trustedCertificates } from '#lib/platform/http/trust.ts';
import { allowedAddress } from '#lib/targets/allowed-address.ts';
import type { OpenedTarget } from '#lib/targets/target.ts';
import type { MariadbSecrets, MariadbSettings } from './settings.ts';

export type MariadbTarget = OpenedTarget<MariadbSettings, MariadbSecrets>;

const CONNECT_TIMEOUT_MS = 10_000;
/** Seconds that a statement waits for a lock of others. */
export const LOCK_WAIT_S = 15;

/**
 * A connection whose session settings are ours: text is utf8mb4 and compared byte by byte without padding, times are UTC, values that do not
 * fit are errors.
 * @throws AppError `target-host-refused`, `target-host-unknown`; errors of the driver
 */
export async function connectTo({ settings, secrets, rules }: MariadbTarget): Promise<ServerConnection> {
  const { host, port, database, user } = settings;
  // Imported at first use: the web process describes targets, and seldom connects to one.
  const { default: mysql } = await import('mysql2');
  // The socket goes to the address that was checked: a name could lead elsewhere the next moment.
  const address = await allowedAddress(host, rules);
  const socket = connect({ host: address, port, keepAlive: true, noDelay: true });
  const tls = tlsOf(settings);
  const connection = mysql.createConnection({
    ...{ host, port, database, user, password: secrets.password, connectTimeout: CONNECT_TIMEOUT_MS },
    ...(tls === null ? {} : { ssl: tls }),
    stream: () => socket,
    charset: 'utf8mb4',
    // Everything as the server writes it: no number or time is rounded on the way.
    ...{ dateStrings: true, supportBigNumbers: true, bigNumberStrings: true, jsonStrings: true, multipleStatements: false },
    // A file that a server asks for without being asked by us is refused.
    infileStreamFactory: () => {
      throw new TypeError('no file was to be sent');
    },
  });
  // The next statement reports a broken connection; without a listener the event would end the process.
  connection.on('error', () => undefined);
  try {
    await connection.promise().query(`SET NAMES utf8mb4 COLLATE ${COLLATION}, SESSION time_zone = '+00:00',
      SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION lock_wait_timeout = ${LOCK_WAIT_S},
      SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_S}, SESSION max_statement_time = 0`);
    return { connection, socket };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** A connection, and the socket that it is on. */
export interface ServerConnection {
  readonly connection: Connection;
  readonly socket: Socket;
}

/** Case, accents and trailing spaces count. */
export const COLLATION = 'utf8mb4_nopad_bin';

function tlsOf({ tls, caPem }: MariadbSettings): SslOptions | null {
  if (tls === 'disable') return null;
  if (tls === 'require') return { rejectUnauthorized: false };
  return {
    ca: [...trustedCertificates(caPem === '' ? null : caPem)],
    rejectUnauthorized: true,
    verifyIdentity: tls === 'verify-full',
  };
}
