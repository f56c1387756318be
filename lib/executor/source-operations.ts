import { z } from 'zod';
import { ProbeResult } from '#lib/domain/access/access.ts';
import { ClientSettings, SourceConnection } from '#lib/domain/account/session.ts';
import type { ConnectionTestDto, VerifiedIdentity } from '#lib/domain/connection/connection.ts';
import { Column, ColumnType, DatasetDefinition, type SampleDto } from '#lib/domain/dataset/dataset.ts';
import type { SampledDataset } from '#lib/domain/metadata/merge-sample.ts';
import type { FilterCheckDto, GeneratedMetadata } from '#lib/domain/metadata/metadata.ts';
import { ProblemSchema } from '#lib/domain/problem.ts';
import type { PlanFacts } from '#lib/domain/run/read-plan.ts';
import { secretText } from '#lib/domain/secret-text.ts';

/*
 * What may be asked of the source (Entra and Graph), as data: each operation has a schema of its input and of its output or events, and both
 * survive JSON, so that a gateway in another network can be asked the same. Secrets are marked (secretPaths finds them).
 */

const Identity = z.object({
  account: z.object({ username: z.string(), name: z.string().nullable(), objectId: z.string() }),
  tenant: z.object({ id: z.string(), name: z.string().nullable(), defaultDomain: z.string().nullable() }),
  permissions: z.array(z.string()).readonly(),
}) satisfies z.ZodType<VerifiedIdentity>;

const RedeemedCode = z.object({
  identity: Identity,
  /** When the registration says that the credential ends; null where it may not be asked. */
  credentialExpiresAt: z.coerce.date().nullable(),
  /** MSAL's serialised cache with the refresh token. */
  tokenCache: secretText(),
});
export type RedeemedCode = z.infer<typeof RedeemedCode>;

const ConnectionTest = z.object({
  test: z.object({
    account: z.string(),
    tenantName: z.string().nullable(),
    permissions: z.array(z.string()).readonly(),
    latencyMs: z.number(),
  }) satisfies z.ZodType<ConnectionTestDto>,
  identity: Identity,
  credentialExpiresAt: z.coerce.date().nullable(),
});

const Generated = z.object({
  document: z.object({ hash: z.string(), bytes: z.number(), gzipBase64: z.string(), warnings: z.array(z.string()).readonly() }),
  datasets: z.array(DatasetDefinition).readonly(),
}) satisfies z.ZodType<GeneratedMetadata>;

const Facts = z.object({
  users: z.number().nullable(),
  latencyMs: z.number(),
  facts: z.array(z.object({ rows: z.number().nullable(), parents: z.number().nullable() })).readonly(),
}) satisfies z.ZodType<PlanFacts>;

const SampleRows = z.object({
  columns: z.array(z.object({ name: z.string(), type: ColumnType })).readonly(),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).readonly()).readonly(),
  total: z.number().nullable(),
  raw: z.array(z.string()).readonly(),
  notes: z.array(z.string()).readonly(),
}) satisfies z.ZodType<SampleDto>;

const FilterCheck = z.object({
  valid: z.boolean(),
  rows: z.number().nullable(),
  advanced: z.boolean(),
  problem: ProblemSchema.nullable(),
}) satisfies z.ZodType<FilterCheckDto>;

const Sampled = z.object({
  rows: z.number(),
  columns: z.array(z.object({ column: Column, found: z.boolean() })).readonly(),
  problem: z.string().nullable(),
}) satisfies z.ZodType<SampledDataset>;

const connection = SourceConnection;
const datasets = z.array(DatasetDefinition).readonly();
const permissions = z.array(z.string()).readonly();

/** Operations with one answer, by name. */
export const SOURCE_OPERATIONS = {
  /** Checks base URL and host, and builds the authorize URL (PKCE S256, `state`, prompt=select_account). */
  startSignIn: {
    input: z.object({
      settings: ClientSettings,
      redirectUri: z.string(),
      state: z.string(),
      scopes: z.array(z.string()).readonly(),
    }),
    /** `authorizeUrl` goes to the browser, `codeVerifier` stays on the server. */
    output: z.object({ authorizeUrl: z.string(), codeVerifier: secretText() }),
  },
  /** Code -> tokens, then one Graph call for tenant and account. A new MSAL instance each time. */
  redeemCode: {
    input: z.object({
      settings: ClientSettings,
      redirectUri: z.string(),
      code: secretText(),
      codeVerifier: secretText(),
      scopes: z.array(z.string()).readonly(),
    }),
    output: RedeemedCode,
  },
  /** App-only: a token by client credentials, then as redeemCode. */
  signInApplication: { input: z.object({ settings: ClientSettings }), output: RedeemedCode },
  /** Forced refresh and a minimal Graph call. */
  testConnection: { input: z.object({ connection }), output: ConnectionTest },
  /** $metadata as Graph sends it now, and the curated catalogue joined with it. */
  generateMetadata: { input: z.object({ connection }), output: Generated },
  /** Counts of now, for a plan; what Graph doesn't count is null. */
  measureDatasets: { input: z.object({ connection, datasets }), output: Facts },
  /** First rows, live from Graph. */
  sampleDataset: {
    input: z.object({ connection, dataset: DatasetDefinition, rows: z.number().int().positive() }),
    output: SampleRows,
  },
  /** One request: whether Graph takes the filter, and how many rows match. */
  checkFilter: {
    input: z.object({ connection, dataset: DatasetDefinition, filter: z.string() }),
    output: FilterCheck,
  },
} as const satisfies Record<string, { readonly input: z.ZodType; readonly output: z.ZodType }>;

/** Operations that report as they go, by name: each event is about one dataset. */
export const SOURCE_STREAMS = {
  /** One cheap request per dataset, some at a time. A refusal is a result, never an error. */
  probeDatasets: {
    input: z.object({ connection, datasets, permissions }),
    event: z.object({ dataset: z.string(), result: ProbeResult }),
  },
  /** Looks at live rows for what $metadata doesn't say; a dataset that can't be read is a result, never an error. */
  sampleMetadata: {
    input: z.object({ connection, datasets, permissions, rows: z.number().int().positive() }),
    event: z.object({ dataset: z.string(), result: Sampled }),
  },
} as const satisfies Record<string, { readonly input: z.ZodType; readonly event: z.ZodType }>;

type Operations = typeof SOURCE_OPERATIONS;
type Streams = typeof SOURCE_STREAMS;

export type OperationInput<K extends keyof Operations> = z.infer<Operations[K]['input']>;
export type OperationOutput<K extends keyof Operations> = z.infer<Operations[K]['output']>;
export type StreamInput<K extends keyof Streams> = z.infer<Streams[K]['input']>;
export type StreamEvent<K extends keyof Streams> = z.infer<Streams[K]['event']>;

/** What the web and the jobs let a process do at the source. Errors are AppErrors with a Problem to show. */
export type SourceOperations = {
  readonly [K in keyof Operations]: (input: OperationInput<K>) => Promise<OperationOutput<K>>;
} & {
  readonly [K in keyof Streams]: (input: StreamInput<K>, signal: AbortSignal) => AsyncIterable<StreamEvent<K>>;
};
