import type { SourceConnection, TokenCacheStore } from '#lib/domain/account/session.ts';
import { AppError } from '#lib/platform/errors.ts';

/** A token cache as the server keeps it. */
export interface StoredTokenCache {
  readonly version: number;
  /** MSAL's, serialised. */
  readonly cache: string;
}

/** How one command reaches the token cache of its connection. Both send until there is an answer. */
export interface CacheAccess {
  load(): Promise<StoredTokenCache>;
  /** Null when it is stored; the newer cache when somebody else was faster. */
  save(renewed: StoredTokenCache): Promise<StoredTokenCache | null>;
}

/** Token caches of the connections of the commands at hand. They are kept by the server; here they are in memory for the time of a renewal. */
export interface TokenCaches {
  /** Lets commands of this connection use `access` until the returned function is called. */
  grant(tokenCacheId: string, access: CacheAccess): () => void;
  of(connection: SourceConnection): TokenCacheStore;
}

/** How often a renewal is repeated because another process was faster. */
const RACES_MAX = 5;

export function createTokenCaches(): TokenCaches {
  const granted = new Map<string, Set<CacheAccess>>();
  /** The last renewal of each, so that there is one at a time. */
  const last = new Map<string, Promise<unknown>>();
  const accessTo = (id: string): CacheAccess => {
    // The newest: it lasts longest.
    const access = [...(granted.get(id) ?? [])].at(-1);
    if (access === undefined) throw noCommand();
    return access;
  };
  return {
    grant(id, access) {
      const accesses = granted.get(id) ?? new Set();
      granted.set(id, accesses.add(access));
      return () => {
        accesses.delete(access);
        if (accesses.size > 0 || granted.get(id) !== accesses) return;
        granted.delete(id);
        last.delete(id);
      };
    },
    of({ tokenCacheId: id }) {
      return {
        load: async () => (await accessTo(id).load()).cache,
        renew(work) {
          const renewal = (last.get(id) ?? Promise.resolve()).then(() => renew(accessTo(id), work));
          last.set(
            id,
            renewal.catch(() => undefined),
          );
          return renewal;
        },
      };
    },
  };
}

/** A renewed cache counts once the server has it: a rotated refresh token can't be had twice. */
async function renew<T>(
  access: CacheAccess,
  work: (cache: string) => Promise<{ readonly serialised: string; readonly value: T }>,
): Promise<T> {
  let kept = await access.load();
  for (let races = 0; races < RACES_MAX; races++) {
    const { serialised, value } = await work(kept.cache);
    if (serialised === kept.cache) return value;
    const newer = await access.save({ version: kept.version, cache: serialised });
    if (newer === null) return value;
    kept = newer;
  }
  throw new AppError(
    {
      code: 'changed-meanwhile',
      title: 'Other processes renewed the sign-in of this connection several times in a row.',
      remedy: 'Try again. If the problem persists, run fewer tasks of this connection at the same time.',
      fixer: 'you',
    },
    { retry: 'backoff' },
  );
}

function noCommand(): AppError {
  return new AppError({
    code: 'aborted',
    title: 'The command that needed the sign-in of this connection has ended.',
  });
}
