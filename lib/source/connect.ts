import { readFileSync } from 'node:fs';
import type { SourceConnection, TokenCacheStore } from '#lib/domain/account/session.ts';
import type { Cloud } from '#lib/domain/connection/connection.ts';
import { type AccessTokens, type AccessTokensDeps, createAccessTokens } from '#lib/entra/access-tokens.ts';
import { MICROSOFT_CLOUDS, type ResolvedCloud, resolveCloud } from '#lib/entra/clouds.ts';
import { createGraphClient, type GraphClient } from '#lib/graph/client/client.ts';
import { createMemoryQuotaStore, type QuotaStore } from '#lib/graph/limits/quota-store.ts';
import { createRequestLimiters, type RequestLimiters } from '#lib/graph/limits/request-limiter.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { createHttp, type Http } from '#lib/platform/http/http.ts';
import type { ProxyConfig } from '#lib/platform/http/proxy.ts';

/**
 * Opens the access tokens of a connection. The implementation depends on the process: the server uses its database, a gateway
 * the encrypted token cache of the server.
 */
export type OpenAccessTokens = (
  connection: SourceConnection,
  entra: Pick<AccessTokensDeps, 'http' | 'cloud' | 'clock'>,
) => AccessTokens;

/** Hosts, trust and ports of operations at the source. Nothing here needs a database. */
export interface SourceConfig {
  /** Clouds that the operator added; their hosts may have private addresses. */
  readonly extraClouds: readonly Cloud[];
  /** CA certificates to trust in addition to the known ones, PEM. */
  readonly caPem: string | null;
  /** Where requests to Graph and Entra leave through; directly when it is null or left out. */
  readonly proxy?: ProxyConfig | null;
  readonly clock: Clock;
  readonly openAccessTokens: OpenAccessTokens;
  /** Where the quotas of tenants are shared with other workers; this process alone when it is left out. */
  readonly quotaStore?: QuotaStore;
}

/** One set of throttles for all connections that a process opens by the same configuration: their runs must not fight. */
const throttles = new WeakMap<SourceConfig, RequestLimiters>();

function throttlesOf(config: SourceConfig): RequestLimiters {
  const { clock, quotaStore = createMemoryQuotaStore(clock) } = config;
  const found = throttles.get(config) ?? createRequestLimiters({ store: quotaStore, clock });
  throttles.set(config, found);
  return found;
}

/** The guarded way out for one operation or one run. */
export function openHttp(config: SourceConfig): Http {
  const origins = (clouds: readonly Cloud[]): string[] => clouds.flatMap((cloud) => [cloud.graphOrigin, cloud.authorityOrigin]);
  return createHttp({
    allowedOrigins: origins(MICROSOFT_CLOUDS),
    operatorOrigins: origins(config.extraClouds),
    extraCaPem: config.caPem,
    originCas: originCasOf(config.extraClouds),
    ...(config.proxy == null ? {} : { proxy: config.proxy }),
  });
}

/** CA files of the operator's clouds, by the origins that they count for. */
function originCasOf(clouds: readonly Cloud[]): ReadonlyMap<string, string> {
  return new Map(
    clouds.flatMap(({ caFile, graphOrigin, authorityOrigin }) => {
      if (caFile === undefined) return [];
      const pem = readFileSync(caFile, 'utf8');
      return [graphOrigin, authorityOrigin].map((origin): [string, string] => [origin, pem]);
    }),
  );
}

/** Access tokens that MSAL gets with the token cache which `cacheOf` finds for a connection. */
export function accessTokensFrom(cacheOf: (connection: SourceConnection) => TokenCacheStore): OpenAccessTokens {
  return (connection, entra) => createAccessTokens({ ...entra, settings: connection.settings, cache: cacheOf(connection) });
}

/** A connection ready to ask Graph. */
export interface OpenConnection {
  readonly cloud: ResolvedCloud;
  readonly tokens: AccessTokens;
  readonly graph: GraphClient;
  close(): Promise<void>;
}

/**
 * @param priority what Graph refuses first when it must refuse: `Low` for what no person waits for.
 */
export function openConnection(
  config: SourceConfig,
  { settings, ...of }: SourceConnection,
  priority: 'Low' | 'High' = 'High',
): OpenConnection {
  const cloud = resolveCloud(settings.graphBaseUrl, config.extraClouds);
  const http = openHttp(config);
  const tokens = config.openAccessTokens({ settings, ...of }, { http, cloud, clock: config.clock });
  const { clientId } = settings;
  const graph = createGraphClient({
    http,
    clock: config.clock,
    baseUrl: cloud.baseUrl,
    accessToken: async (options) => (await tokens.get(options)).accessToken,
    priority,
    throttle: {
      // The tenant is known by its token: settings may name it by a domain, or not at all.
      async admit(charge, options) {
        const { tenantId } = await tokens.get();
        const scope = { graphOrigin: cloud.cloud.graphOrigin, tenantId, clientId };
        return throttlesOf(config).of(scope).admit(charge, options);
      },
    },
  });
  return { cloud, tokens, graph, close: () => http.close() };
}
