import type { Cloud } from '#lib/domain/connection.ts';
import type { ConnectionSession } from '#lib/domain/session.ts';
import { MICROSOFT_CLOUDS, type ResolvedCloud, resolveCloud } from '#lib/entra/clouds.ts';
import { createTokenProvider, type TokenProvider } from '#lib/entra/token-provider.ts';
import { createGraphClient, type GraphClient } from '#lib/graph/client.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { createHttp, type Http } from '#lib/platform/http/http.ts';

/** Hosts, trust and places: all that the executor is told from outside. */
export interface ExecutorConfig {
  /** Clouds that the operator added; their hosts may have private addresses. */
  readonly extraClouds: readonly Cloud[];
  /** CA certificates to trust beside the known ones, PEM. */
  readonly caPem: string | null;
  readonly landing: { readonly url: string } | null;
  readonly lakeDir: string;
  readonly clock: Clock;
}

/** The guarded way out for one operation or one run. */
export function openHttp(config: ExecutorConfig): Http {
  const origins = (clouds: readonly Cloud[]): string[] => clouds.flatMap((cloud) => [cloud.graphOrigin, cloud.authorityOrigin]);
  return createHttp({
    allowedOrigins: origins(MICROSOFT_CLOUDS),
    operatorOrigins: origins(config.extraClouds),
    extraCaPem: config.caPem,
  });
}

/** A connection ready to ask Graph. */
export interface OpenConnection {
  readonly cloud: ResolvedCloud;
  readonly tokens: TokenProvider;
  readonly graph: GraphClient;
  close(): Promise<void>;
}

export function openConnection(config: ExecutorConfig, session: ConnectionSession): OpenConnection {
  const cloud = resolveCloud(session.settings.graphBaseUrl, config.extraClouds);
  const http = openHttp(config);
  const tokens = createTokenProvider({ http, cloud, session, clock: config.clock });
  const graph = createGraphClient({
    http,
    clock: config.clock,
    baseUrl: cloud.baseUrl,
    accessToken: async (options) => (await tokens.get(options)).accessToken,
  });
  return { cloud, tokens, graph, close: () => http.close() };
}
