import type { ClientSettings } from '#lib/domain/account/session.ts';
import { resolveCloud } from '#lib/entra/clouds.ts';
import { buildSignIn, type GraphToken, redeem, type SignInDeps, signInApplication } from '#lib/entra/sign-in.ts';
import { createGraphClient } from '#lib/graph/client/client.ts';
import { describeIdentity } from '#lib/source/access/identity.ts';
import { probeDatasets } from '#lib/source/access/probe.ts';
import { readCredentialExpiry } from '#lib/source/access/registration.ts';
import { openConnection, openHttp, type SourceConfig } from '#lib/source/connect.ts';
import { checkFilter } from '#lib/source/metadata/check-filter.ts';
import { generateMetadata } from '#lib/source/metadata/generate-metadata.ts';
import { measureDatasets } from '#lib/source/metadata/measure-datasets.ts';
import { sampleDataset } from '#lib/source/metadata/sample.ts';
import { sampleMetadata } from '#lib/source/metadata/sampling/sample-metadata.ts';
import type { OperationInput, SourceOperations } from './source-operations.ts';

const TIMEOUT_MS = 30_000;

/** The operations at the source in this very process: it talks to Entra and Graph. */
export function createSourceOperations(config: SourceConfig): SourceOperations {
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
    testConnection: (input) => testConnection(config, input),
    generateMetadata: async (input) => generateMetadata(config, input),
    measureDatasets: (input) => measureDatasets(config, input),
    sampleDataset: (input) => sampleDataset(config, input),
    checkFilter: (input) => checkFilter(config, input),
    probeDatasets: (input, signal) => probeDatasets(config, input, signal),
    sampleMetadata: (input, signal) => sampleMetadata(config, input, signal),
  };
}

async function withEntra<T>(config: SourceConfig, settings: ClientSettings, work: (deps: SignInDeps) => Promise<T>): Promise<T> {
  const cloud = resolveCloud(settings.graphBaseUrl, config.extraClouds);
  const http = openHttp(config);
  try {
    return await work({ http, cloud, settings });
  } finally {
    await http.close();
  }
}

/** Who the new token stands for, and how long its credential will do. */
async function describeToken(config: SourceConfig, { http, cloud, settings }: SignInDeps, token: GraphToken) {
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

async function testConnection(config: SourceConfig, input: OperationInput<'testConnection'>) {
  const connection = openConnection(config, input.connection);
  try {
    const token = await connection.tokens.get({ force: true });
    const startedAt = performance.now();
    const identity = await describeIdentity(connection.graph, token, AbortSignal.timeout(TIMEOUT_MS));
    const latencyMs = Math.round(performance.now() - startedAt);
    const test = { account: token.account.username, tenantName: identity.tenant.name, permissions: token.permissions, latencyMs };
    const credentialExpiresAt = await readCredentialExpiry(
      connection.graph,
      input.connection.settings,
      AbortSignal.timeout(TIMEOUT_MS),
    );
    return { test, identity, credentialExpiresAt };
  } finally {
    await connection.close();
  }
}
