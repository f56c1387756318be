import type { TokenCacheStore } from '#lib/domain/session.ts';
import type { KeyRing } from '#lib/platform/crypto.ts';
import type { Db } from '#lib/platform/db.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import { openSecret, replaceSecret, type SecretOwner } from './secrets.ts';

/**
 * MSAL's token cache of one connection or verification. Two workers that refresh at once can't overwrite each other: the second
 * `save` throws ConflictError, and its caller loads what the first one saved.
 */
export function createTokenCacheStore(deps: { db: Db; ring: KeyRing }, secretId: string, ownerId: string): TokenCacheStore {
  const owner: SecretOwner = { kind: 'token-cache', ownerId };
  let seenVersion: number | null = null;
  return {
    async load(): Promise<string> {
      const { plaintext, version } = await openSecret(deps.db, deps.ring, owner, secretId);
      seenVersion = version;
      return plaintext;
    },
    async save(serialised: string): Promise<void> {
      const version = seenVersion ?? (await openSecret(deps.db, deps.ring, owner, secretId)).version;
      if (!(await replaceSecret(deps.db, deps.ring, owner, { id: secretId, version, plaintext: serialised }))) {
        throw new ConflictError({
          code: 'token-cache-changed',
          title: 'Another process refreshed the tokens of this connection meanwhile.',
          remedy: 'Load them again.',
        });
      }
      seenVersion = version + 1;
    },
  };
}
