import { CATALOG } from '#lib/catalog/catalog.ts';
import { advisePermissions, reviewPermissions } from '#lib/catalog/permissions/permissions.ts';
import type { ClientSettings, ConnectionSession } from '#lib/domain/account/session.ts';
import { MICROSOFT_CLOUDS, resolveCloud } from '#lib/entra/clouds.ts';
import { explainAuthorizeError } from '#lib/entra/entra-problem.ts';
import { buildSignIn, type GraphToken, redeem, type SignInDeps, signInApplication } from '#lib/entra/sign-in.ts';
import { createGraphClient } from '#lib/graph/client/client.ts';
import type { Executor } from '#lib/services/ports.ts';
import { describeIdentity } from '#lib/source/access/identity.ts';
import { probeDatasets } from '#lib/source/access/probe.ts';
import { readCredentialExpiry } from '#lib/source/access/registration.ts';
import { type ExecutorConfig, openConnection, openHttp } from '#lib/source/connect.ts';
import { checkFilter } from '#lib/source/metadata/check-filter.ts';
import { measureDatasets } from '#lib/source/metadata/measure-datasets.ts';
import { buildOffer, diffDocuments, generateMetadata, offeredColumns, offers } from '#lib/source/metadata/metadata.ts';
import { sampleDataset } from '#lib/source/metadata/sample.ts';
import { sampleMetadata } from '#lib/source/metadata/sampling/sample-metadata.ts';

export type { ExecutorConfig } from '#lib/source/connect.ts';

const TIMEOUT_MS = 30_000;

/** The executor in this very process: talks to Entra and Graph. */
export function createExecutor(config: ExecutorConfig): Executor {
  return {
    startSignIn: ({ settings, ...input }) => withEntra(config, settings, (deps) => buildSignIn(deps, input)),
    redeemCode: ({ settings, ...input }) =>
      withEntra(config, settings, async (deps) => {
        const { token, tokenCache } = await redeem(deps, input);
        return { ...(await describeToken(config, deps, token)), tokenCache };
      }),
    signInApplication: ({ settings }) =>
      withEntra(config, settings, async (deps) => {
        const { token, tokenCache } = await signInApplication(deps, { renew: true });
        return { ...(await describeToken(config, deps, token)), tokenCache };
      }),
    testConnection: (session) => testConnection(config, session),
    generateMetadata: (session) => generateMetadata(config, session),
    offers,
    offeredColumns,
    buildOffer,
    diffDocuments,
    sampleMetadata: (session, datasets, options) => sampleMetadata(config, session, datasets, options),
    checkFilter: (session, dataset, filter) => checkFilter(config, session, dataset, filter),
    probeDatasets: (session, datasets, options) => probeDatasets(config, session, datasets, options),
    measureDatasets: (session, datasets) => measureDatasets(config, session, datasets),
    sampleDataset: (session, dataset, rowsMax) => sampleDataset(config, session, dataset, rowsMax),
    clouds: () => [...MICROSOFT_CLOUDS, ...config.extraClouds],
    explainAuthorizeError,
    catalogue: () => CATALOG.map(({ name, title, area }) => ({ name, title, area })),
    advisePermissions,
    reviewPermissions,
  };
}

async function withEntra<T>(
  config: ExecutorConfig,
  settings: ClientSettings,
  work: (deps: SignInDeps) => Promise<T>,
): Promise<T> {
  const cloud = resolveCloud(settings.graphBaseUrl, config.extraClouds);
  const http = openHttp(config);
  try {
    return await work({ http, cloud, settings });
  } finally {
    await http.close();
  }
}

/** Who the new token stands for, and how long its credential will do. */
async function describeToken(config: ExecutorConfig, { http, cloud, settings }: SignInDeps, token: GraphToken) {
  const graph = createGraphClient({
    http,
    clock: config.clock,
    baseUrl: cloud.baseUrl,
    accessToken: async () => token.accessToken,
  });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return {
    identity: await describeIdentity(graph, token, signal),
    credentialExpiresAt: await readCredentialExpiry(graph, settings, signal),
  };
}

async function testConnection(config: ExecutorConfig, session: ConnectionSession) {
  const connection = openConnection(config, session);
  try {
    const token = await connection.tokens.get({ force: true });
    const startedAt = performance.now();
    const identity = await describeIdentity(connection.graph, token, AbortSignal.timeout(TIMEOUT_MS));
    const latencyMs = Math.round(performance.now() - startedAt);
    const test = { account: token.account.username, tenantName: identity.tenant.name, permissions: token.permissions, latencyMs };
    const credentialExpiresAt = await readCredentialExpiry(connection.graph, session.settings, AbortSignal.timeout(TIMEOUT_MS));
    return { test, identity, credentialExpiresAt };
  } finally {
    await connection.close();
  }
}
