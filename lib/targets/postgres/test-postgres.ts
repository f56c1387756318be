import pg from 'pg';
import type { TargetCheck, TargetTest } from '#lib/domain/target/target.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isConnectionLost, toLandingError } from './landing-error.ts';
import { checkRights } from './rights.ts';
import { createClient, type PostgresTarget, serverOf } from './server.ts';
import type { PostgresSettings } from './settings.ts';
import { quote } from './table/landed-table.ts';

/** Oldest supported server version, as in `server_version_num`. */
const OLDEST = 120_000;

/** Connects and checks what a reload needs: the version, the encryption, and the rights of the role. Leaves nothing behind. */
export async function testPostgres(target: PostgresTarget, signal: AbortSignal): Promise<TargetTest> {
  let client: pg.Client | null = null;
  const onAbort = (): void => void client?.end().catch(() => undefined);
  try {
    client = await createClient(serverOf(target), { statement_timeout: 15_000 });
    signal.addEventListener('abort', onAbort, { once: true });
    await client.connect();
    return resultOf([await describeServer(client), ...(await checkRights(client, target.settings.user))]);
  } catch (error) {
    return resultOf([failedToConnect(signal.aborted ? signal.reason : toLandingError(error), target.settings)]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await client?.end().catch(() => undefined);
  }
}

function resultOf(checks: readonly TargetCheck[]): TargetTest {
  return { passed: checks.every(({ passed }) => passed), checks };
}

async function describeServer(client: pg.Client): Promise<TargetCheck> {
  const { rows } = await client.query<{ version: string; name: string; tls: string | null }>(
    `SELECT current_setting('server_version_num') AS version, current_setting('server_version') AS name,
       (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS tls`,
  );
  const { version = '0', name = '', tls = null } = rows[0] ?? {};
  const passed = Number(version) >= OLDEST;
  return {
    name: 'connect',
    title: 'Sign-in',
    passed,
    detail: `PostgreSQL ${name}, ${tls === null ? 'without TLS' : tls}`,
    remedy: passed ? null : 'Use a server of version 12 or later.',
  };
}

function failedToConnect(error: unknown, { database, user, signIn }: PostgresSettings): TargetCheck {
  const problem = error instanceof AppError && !isConnectionLost(error) ? error.problem : null;
  const cause = isConnectionLost(error) && error instanceof AppError ? error.cause : error;
  // Messages of the driver, of TLS and of the network explain a wrong certificate or port; they contain no secret.
  const detail = problem === null ? errorText(cause) : problem.title;
  return {
    name: 'connect',
    title: 'Sign-in',
    passed: false,
    detail,
    remedy: lacksConnect(error)
      ? `As an administrator of the database: GRANT CONNECT ON DATABASE ${quote(database)} TO ${quote(user)};`
      : signIn !== 'password' && refusesToken(error)
        ? `Check that the user is the name of the application or identity, and that the server has a role for it: SELECT * FROM pgaadauth_create_principal(${pg.escapeLiteral(user)}, false, false);`
        : (problem?.remedy ??
          'Check the host, the port and TLS, that the server is running, and that the firewall allows this machine.'),
  };
}

/** The server did not take the token of Entra. */
function refusesToken(error: unknown): boolean {
  return error instanceof AppError && error.cause instanceof pg.DatabaseError && error.cause.code?.startsWith('28') === true;
}

/** The sign-in was right, but the role may not use the database (SQLSTATE 42501). */
function lacksConnect(error: unknown): boolean {
  return error instanceof AppError && error.cause instanceof pg.DatabaseError && error.cause.code === '42501';
}

/** When several addresses failed, Node's error has no message of its own. */
function errorText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorText).join(', ');
  return error instanceof Error ? error.message : String(error);
}
