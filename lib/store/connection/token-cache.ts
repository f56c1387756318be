import type { TokenCacheStore } from '#lib/domain/account/session.ts';
import { EnvelopeError, type KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import { openSecret, replaceSecret, type SecretOwner } from './secrets.ts';

/** Longest that a renewal may take, milliseconds: two requests to Entra with their time limits. */
const RENEW_MS_MAX = 60_000;

/**
 * MSAL's token cache of one connection or verification. A renewal holds the row's lock until it is saved, so that there is one at a time
 * over all processes and machines; when its process dies, PostgreSQL lets go of the lock with the connection.
 */
export function createTokenCacheStore(deps: { db: Db; ring: KeyRing }, secretId: string, ownerId: string): TokenCacheStore {
  const owner: SecretOwner = { kind: 'token-cache', ownerId };
  return {
    async load() {
      return (await openSecret(deps.db, deps.ring, owner, secretId)).plaintext;
    },
    renew: (work) => retryWhileUnreachable(() => renewLocked(work)),
  };

  /** Renewing once more than needed does no harm: Entra takes the refresh token of before as well. */
  async function renewLocked<T>(
    work: (cache: string) => Promise<{ readonly serialised: string; readonly value: T }>,
  ): Promise<T> {
    return deps.db.$transaction(
      async (tx) => {
        // A holder whose machine is cut off is ended by the server, not only by its own clock.
        await tx.$executeRaw`SELECT set_config('idle_in_transaction_session_timeout', ${String(RENEW_MS_MAX)}, true)`;
        await tx.$queryRaw`SELECT id FROM secrets WHERE id = ${secretId} FOR UPDATE`;
        const { plaintext, version } = await openSecret(tx, deps.ring, owner, secretId);
        const { serialised, value } = await work(plaintext);
        if (serialised === plaintext) return value;
        const saved = await replaceSecret(tx, deps.ring, owner, { id: secretId, version, plaintext: serialised });
        if (!saved) throw new EnvelopeError('The token cache is gone.');
        return value;
      },
      { timeout: RENEW_MS_MAX, maxWait: RENEW_MS_MAX },
    );
  }
}
