import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { NEEDS_REAUTHENTICATION, withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import type { SourceResolver } from '#lib/services/ports.ts';
import { type ConnectionRow, listConnectionRows, setConnectionVerified } from '#lib/store/connection/connections.ts';

export interface CheckConnectionsDeps {
  readonly db: Db;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  readonly executor: SourceResolver;
}

/** A sign-in that was renewed within this time is not checked, milliseconds. */
const FRESH_MS = 20 * 3_600_000;

/**
 * Renews the tokens of connections that were not used for a while: this keeps the refresh token valid, and a refusal by Entra sets the
 * connection to Needs re-authentication before a run fails. An unreachable tenant changes nothing. Runs one after the other.
 */
export async function checkConnections(deps: CheckConnectionsDeps, signal: AbortSignal): Promise<void> {
  for (const row of await listConnectionRows(deps.db)) {
    if (signal.aborted) return;
    if (row.state === 'ready' && isIdle(row, deps.clock.now())) await check(deps, row);
  }
}

function isIdle(row: ConnectionRow, now: Date): boolean {
  return now.getTime() - row.tokenCache.updatedAt.getTime() > FRESH_MS;
}

async function check(deps: CheckConnectionsDeps, row: ConnectionRow): Promise<void> {
  try {
    const { identity, credentialExpiresAt } = await withSourceConnection(deps, row, (at) =>
      deps.executor(row).testConnection({ connection: at }),
    );
    const expiry = credentialExpiresAt === null ? null : ({ at: credentialExpiresAt, source: 'registration' } as const);
    await setConnectionVerified(deps.db, row.id, { identity, at: deps.clock.now(), expiry });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const ended = error.code === NEEDS_REAUTHENTICATION;
    deps.log.warn({ connectionId: row.id, code: error.code }, ended ? 'a sign-in has ended' : 'a sign-in could not be checked');
  }
}
