import type { ProbeResult } from '#lib/domain/access/access.ts';
import type { ClientCredential } from '#lib/domain/account/session.ts';
import type { VerifiedIdentity } from '#lib/domain/connection/connection.ts';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { SampledDataset } from '#lib/domain/metadata/merge-sample.ts';
import type { SourceOperations } from '#lib/executor/source-operations.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import { documentOf } from './fake-document.ts';

export const IDENTITY: VerifiedIdentity = {
  account: { username: 'ada@contoso.test', name: 'Ada', objectId: '7a0c4b9e-2f13-4a56-9a57-0b6f0a3f0001' },
  tenant: { id: '11111111-2222-4333-8444-555555555555', name: 'Contoso', defaultDomain: 'contoso.test' },
  permissions: ['User.Read.All', 'Group.Read.All'],
};

/** A dataset with a key and one other column. */
export function datasetDefinition(name: string, permissions: string[] = ['User.Read.All']): DatasetDefinition {
  const column = (columnName: string, key: boolean) => ({
    name: columnName,
    sourcePath: columnName,
    type: 'string' as const,
    edmType: 'Edm.String',
    nullable: !key,
    key,
    selected: true,
    returnedByDefault: true,
    description: null,
  });
  return DatasetDefinition.parse({
    version: 1,
    name,
    title: name,
    area: 'Users',
    description: '',
    kind: 'entity',
    path: `/${name}`,
    entityType: `microsoft.graph.${name}`,
    parent: null,
    permissions,
    licence: null,
    read: { pageSizeMax: 999, select: true, advancedQuery: false, countable: true, delta: false },
    columns: [column('id', true), column('displayName', false)],
  });
}

type Replaceable = { -readonly [K in keyof SourceOperations]: SourceOperations[K] };

export interface FakeExecutor extends Replaceable {
  /** Codes that Entra would accept, each once. */
  readonly validCodes: Set<string>;
  readonly redeemed: string[];
  datasets: DatasetDefinition[];
  /** Further datasets in $metadata. */
  offered: DatasetDefinition[];
  /** Hash of $metadata: documents with different hashes differ by a type of that name. */
  documentHash: string;
  /** Results of sampling, by dataset. */
  samples: Readonly<Record<string, SampledDataset>>;
  /** Results of probes, by dataset; default: granted. */
  probes: Readonly<Record<string, ProbeResult>>;
  identity: VerifiedIdentity;
  /** End of the credential according to the app registration. */
  credentialExpiresAt: Date | null;
  /** Every credential that was used by a test or an application sign-in. */
  readonly usedCredentials: ClientCredential[];
  /** Error of Test connection; null: it succeeds. */
  refusal: Error | null;
}

/** Secrets of the fake executor: a test searches the database for them. */
export const SECRETS = {
  clientSecret: 'plain~client-secret~value',
  codeVerifier: 'plain-code-verifier-value',
  refreshToken: 'plain-refresh-token-value',
} as const;

const GRANTED: ProbeResult = { access: 'granted', reason: null, problem: null, columns: [] };

/** Operations on metadata. */
function metadataOf(
  fake: () => FakeExecutor,
): Pick<
  SourceOperations,
  'generateMetadata' | 'measureDatasets' | 'sampleDataset' | 'sampleMetadata' | 'checkFilter' | 'probeDatasets'
> {
  return {
    generateMetadata: async () => ({ document: documentOf(fake().offered, fake().documentHash), datasets: fake().datasets }),
    measureDatasets: async ({ datasets }) => ({
      users: 40,
      latencyMs: 50,
      facts: datasets.map(() => ({ rows: 40, parents: null })),
    }),
    sampleDataset: async () => ({ columns: [], rows: [], raw: [], notes: [], total: null }),
    checkFilter: async ({ filter }) => ({ valid: filter !== 'wrong', rows: 1, advanced: false, problem: null }),
    async *sampleMetadata({ datasets }) {
      const nothing = { rows: 0, columns: [], problem: null };
      for (const { name } of datasets) yield { dataset: name, result: fake().samples[name] ?? nothing };
    },
    async *probeDatasets({ datasets }) {
      for (const { name } of datasets) yield { dataset: name, result: fake().probes[name] ?? GRANTED };
    },
  };
}

/** A fake of Entra and Graph for tests of services; each code is valid once. */
export function createFakeExecutor(): FakeExecutor {
  const fake: FakeExecutor = {
    validCodes: new Set(),
    redeemed: [],
    datasets: [
      datasetDefinition('users'),
      datasetDefinition('groups', ['Group.Read.All']),
      datasetDefinition('devices', ['Device.Read.All']),
    ],
    offered: [],
    documentHash: 'first',
    samples: {},
    probes: {},
    identity: IDENTITY,
    credentialExpiresAt: null,
    usedCredentials: [],
    refusal: null,
    async startSignIn({ settings, redirectUri, state, scopes }) {
      const url = new URL('https://login.contoso.test/organizations/oauth2/v2.0/authorize');
      url.search = new URLSearchParams({
        client_id: settings.clientId,
        redirect_uri: redirectUri,
        state,
        scope: scopes.join(' '),
      }).toString();
      return { authorizeUrl: url.toString(), codeVerifier: SECRETS.codeVerifier };
    },
    async redeemCode({ code }) {
      fake.redeemed.push(code);
      if (!fake.validCodes.delete(code)) {
        throw new RemoteError({ code: 'entra-refused', title: 'Entra refused the code.', reference: { aadsts: 'AADSTS70008' } });
      }
      return {
        identity: fake.identity,
        tokenCache: JSON.stringify({ refreshToken: SECRETS.refreshToken }),
        credentialExpiresAt: fake.credentialExpiresAt,
      };
    },
    async signInApplication({ settings }) {
      fake.usedCredentials.push(settings.credential);
      return { identity: fake.identity, tokenCache: '{}', credentialExpiresAt: fake.credentialExpiresAt };
    },
    async testConnection({ connection }) {
      fake.usedCredentials.push(connection.settings.credential);
      if (fake.refusal !== null) throw fake.refusal;
      const { account, tenant, permissions } = fake.identity;
      return {
        identity: fake.identity,
        credentialExpiresAt: fake.credentialExpiresAt,
        test: { account: account.username, tenantName: tenant.name, permissions, latencyMs: 1 },
      };
    },
    ...metadataOf(() => fake),
  };
  return fake;
}
