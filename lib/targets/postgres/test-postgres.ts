import pg from 'pg';
import type { TargetCheck, TargetTest } from '#lib/domain/target/target.ts';
import { AppError } from '#lib/platform/errors.ts';
import { failedToConnect } from '#lib/targets/database/failed-to-connect.ts';
import { toLandingError } from './landing-error.ts';
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
    const reason = signal.aborted ? signal.reason : toLandingError(error);
    return resultOf([failedToConnect(reason, remedyOf(reason, target.settings))]);
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

/** What the database needs for this role to connect; null: that is not what failed. */
function remedyOf(error: unknown, { database, user, signIn }: PostgresSettings): string | null {
  if (lacksConnect(error))
    return `As an administrator of the database: GRANT CONNECT ON DATABASE ${quote(database)} TO ${quote(user)};`;
  if (signIn === 'password' || !refusesToken(error)) return null;
  return `Check that the user is the name of the application or identity, and that the server has a role for it: SELECT * FROM pgaadauth_create_principal(${pg.escapeLiteral(user)}, false, false);`;
}

/** The server did not take the token of Entra. */
function refusesToken(error: unknown): boolean {
  return error instanceof AppError && error.cause instanceof pg.DatabaseError && error.cause.code?.startsWith('28') === true;
}

/** The sign-in was right, but the role may not use the database (SQLSTATE 42501). */
function lacksConnect(error: unknown): boolean {
  return error instanceof AppError && error.cause instanceof pg.DatabaseError && error.cause.code === '42501';
}
