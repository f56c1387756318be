import type { TokenCacheStore } from '#lib/domain/account/session.ts';
import { EnvelopeError, type KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import { openSecret, replaceSecret, type SecretOwner } from './secrets.ts';

/** Maximum duration of a renewal, milliseconds: two requests to Entra with their time limits. */
const RENEW_MS_MAX = 60_000;

/**
 * MSAL's token cache of one connection or verification. A renewal holds the row's lock until it is saved, so that only one runs at a time
 * across all processes and machines; when its process dies, PostgreSQL releases the lock with the connection.
 */
export function createTokenCacheStore(deps: { db: Db; ring: KeyRing }, secretId: string, ownerId: string): TokenCacheStore {
  const owner: SecretOwner = { kind: 'token-cache', ownerId };
  return {
    async load() {
      return (await openSecret(deps.db, deps.ring, owner, secretId)).plaintext;
    },
    renew: (work) => retryWhileUnreachable(() => renewLocked(work)),
  };

  /** A renewal more than needed does no harm: Entra also accepts the previous refresh token. */
  async function renewLocked<T>(
    work: (cache: string) => Promise<{ readonly serialised: string; readonly value: T }>,
  ): Promise<T> {
    return deps.db.$transaction(
      async (tx) => {
        // The server ends the transaction of a machine that lost its network, independently of that machine's clock.
        await tx.$executeRaw`SELECT set_config('idle_in_transaction_session_timeout', ${String(RENEW_MS_MAX)}, true)`;
        await tx.$queryRaw`SELECT id FROM secrets WHERE id = ${secretId} FOR UPDATE`;
        const { plaintext, version } = await openSecret(tx, deps.ring, owner, secretId);
        const { serialised, value } = await work(plaintext);
        if (serialised === plaintext) return value;
        const saved = await replaceSecret(tx, deps.ring, owner, { id: secretId, version, plaintext: serialised });
        if (!saved) throw new EnvelopeError('The token cache was deleted.');
        return value;
      },
      { timeout: RENEW_MS_MAX, maxWait: RENEW_MS_MAX },
    );
  }
}
