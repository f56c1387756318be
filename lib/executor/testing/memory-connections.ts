import type { ClientSettings, SourceConnection, TokenCacheStore } from '#lib/domain/account/session.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { accessTokensFrom, type SourceConfig } from '#lib/source/connect.ts';
import { createSourceOperations } from '../create-source-operations.ts';
import type { SourceOperations } from '../source-operations.ts';
import { throughJson } from './through-json.ts';

/** Operations at the source of which everything goes through JSON, and connections whose token caches are in memory. */
export interface MemoryConnections {
  readonly config: SourceConfig;
  readonly operations: SourceOperations;
  /** A connection of these settings; `cache` as MSAL serialised it. */
  connect(settings: ClientSettings, cache: string): SourceConnection;
}

export function createMemoryConnections(
  wanted: Omit<SourceConfig, 'openAccessTokens' | 'clock'> & Partial<Pick<SourceConfig, 'clock'>>,
): MemoryConnections {
  const caches = new Map<string, TokenCacheStore>();
  const cacheOf = ({ tokenCacheId }: SourceConnection): TokenCacheStore => {
    const cache = caches.get(tokenCacheId);
    if (cache === undefined) throw new TypeError(`no token cache ${tokenCacheId}`);
    return cache;
  };
  const config = { clock: systemClock, ...wanted, openAccessTokens: accessTokensFrom(cacheOf) };
  return {
    config,
    operations: throughJson(createSourceOperations(config)),
    connect(settings, cache) {
      const id = `conn_${caches.size + 1}`;
      const tokenCacheId = `secret_${caches.size + 1}`;
      caches.set(tokenCacheId, inMemory(cache));
      return { id, tokenCacheId, settings };
    },
  };
}

function inMemory(cache: string): TokenCacheStore {
  let saved = cache;
  return {
    load: async () => saved,
    renew: async (work) => {
      const { serialised, value } = await work(saved);
      saved = serialised;
      return value;
    },
  };
}
