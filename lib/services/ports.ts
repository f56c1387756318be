import type { ProbeResult } from '#lib/domain/access/access.ts';
import type { ClientSettings, ConnectionSession } from '#lib/domain/account/session.ts';
import type {
  Cloud,
  ConnectionTestDto,
  PermissionAdvice,
  PermissionReview,
  SignInMethod,
  VerifiedIdentity,
} from '#lib/domain/connection/connection.ts';
import type { DatasetDefinition, RowsDto, SampleDto } from '#lib/domain/dataset/dataset.ts';
import type { SampledColumn } from '#lib/domain/metadata/merge-sample.ts';
import type { DatasetOfferDto, DocumentDiffDto, FilterCheckDto, MetadataDocument } from '#lib/domain/metadata/metadata.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { PlanFacts } from '#lib/domain/run/read-plan.ts';
import type { TargetAccess, TargetTest } from '#lib/domain/target/target.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import type { ChangesFilter, ChangesPage, RowsPage } from '#lib/targets/target.ts';

/** What Authenticate needs to know before the browser leaves. */
export interface SignInStart {
  /** Goes to the browser. */
  readonly authorizeUrl: string;
  /** PKCE verifier: stays on the server. */
  readonly codeVerifier: string;
}

export interface RedeemedCode {
  readonly identity: VerifiedIdentity;
  /** When the registration says that the credential ends; null where it may not be asked. */
  readonly credentialExpiresAt: Date | null;
  /** MSAL's serialised cache with the refresh token. */
  readonly tokenCache: string;
}

export interface GeneratedMetadata {
  readonly document: MetadataDocument;
  readonly datasets: readonly DatasetDefinition[];
}

/** What sampling saw of a dataset. */
export interface SampledDataset {
  /** Rows that were looked at. */
  readonly rows: number;
  readonly columns: readonly SampledColumn[];
  /** Why it could not be sampled, or not to the end. */
  readonly problem: string | null;
}

export interface SampleMetadataOptions {
  /** Rows of each dataset. */
  readonly rows: number;
  /** Of the token. */
  readonly permissions: readonly string[];
  readonly signal: AbortSignal;
  readonly onResult: (name: string, result: SampledDataset) => Promise<void>;
}

/** What the web and the jobs let the executor do at the source. Errors are AppErrors with a Problem to show. */
export interface Executor {
  /** Checks base URL and host, and builds the authorize URL (PKCE S256, `state`, prompt=select_account). */
  startSignIn(input: {
    settings: ClientSettings;
    redirectUri: string;
    state: string;
    scopes: readonly string[];
  }): Promise<SignInStart>;
  /** Code -> tokens, then one Graph call for tenant and account. A new MSAL instance each time. */
  redeemCode(input: {
    settings: ClientSettings;
    redirectUri: string;
    code: string;
    codeVerifier: string;
    scopes: readonly string[];
  }): Promise<RedeemedCode>;
  /** App-only: a token by client credentials, then as redeemCode. */
  signInApplication(input: { settings: ClientSettings }): Promise<RedeemedCode>;
  /** Forced refresh + a minimal Graph call. */
  testConnection(
    session: ConnectionSession,
  ): Promise<{ test: ConnectionTestDto; identity: VerifiedIdentity; credentialExpiresAt: Date | null }>;
  /** $metadata as Graph sends it now, and the curated catalogue joined with it. */
  generateMetadata(session: ConnectionSession): Promise<GeneratedMetadata>;
  /** Everything else that a document says can be listed. */
  offers(document: MetadataDocument): readonly DatasetOfferDto[];
  /** Names of the properties of each entity type that is offered, with blanks between them. */
  offeredColumns(document: MetadataDocument): Readonly<Record<string, string>>;
  /** The dataset of an offer; null when the document has no such path. */
  buildOffer(document: MetadataDocument, path: string): DatasetDefinition | null;
  diffDocuments(before: MetadataDocument, after: MetadataDocument): DocumentDiffDto;
  /** Counts of now, for a plan; what Graph doesn't count is null. */
  measureDatasets(session: ConnectionSession, datasets: readonly DatasetDefinition[]): Promise<PlanFacts>;
  /** First rows, live from Graph. */
  sampleDataset(session: ConnectionSession, dataset: DatasetDefinition, rowsMax: number): Promise<SampleDto>;
  /** Looks at live rows for what $metadata doesn't say; a dataset that can't be read is a result, never an error. */
  sampleMetadata(
    session: ConnectionSession,
    datasets: readonly DatasetDefinition[],
    options: SampleMetadataOptions,
  ): Promise<void>;
  /** One request: whether Graph takes the filter, and how many rows match. */
  checkFilter(session: ConnectionSession, dataset: DatasetDefinition, filter: string): Promise<FilterCheckDto>;
  /** One cheap request per dataset, some at a time; tells each result as it comes. A refusal is a result, never an error. */
  probeDatasets(
    session: ConnectionSession,
    datasets: readonly DatasetDefinition[],
    options: {
      readonly signal: AbortSignal;
      /** Of the token, to tell a missing permission from a missing licence or directory role. */
      readonly permissions: readonly string[];
      readonly onResult: (name: string, result: ProbeResult) => Promise<void>;
    },
  ): Promise<void>;
  /** Every cloud that a connection may talk to: Microsoft's and the operator's own. */
  clouds(): readonly Cloud[];
  /** An `error=` answer of the authorize endpoint in words, with its remedy (RFC 6749 section 4.1.2.1). */
  explainAuthorizeError(input: { readonly error: string; readonly errorDescription: string | null }): Problem;
  /** What can be read, whatever the tenant: to choose permissions for before there is a connection. */
  catalogue(): readonly { readonly name: string; readonly title: string; readonly area: string }[];
  /** The least permissions for these datasets of the catalogue (null: for all of it); unknown names are ignored. */
  advisePermissions(datasetNames: readonly string[] | null, signIn: SignInMethod): readonly PermissionAdvice[];
  /** What these datasets need beside what was granted. */
  reviewPermissions(input: {
    readonly datasetNames: readonly string[] | null;
    readonly granted: readonly string[];
    readonly signIn: SignInMethod;
  }): readonly PermissionReview[];
}

/** Where runs wait for a worker. */
export interface RunQueue {
  /** Puts the run on the queue within `tx`; null when the task already has a job that waits or runs. */
  enqueueRun(tx: Tx, run: { readonly runId: string; readonly taskId: string }): Promise<string | null>;
  /** Puts sampling or probing on the queue within `tx`; null when `key` already has a job that waits or runs. */
  enqueueMetadataJob(
    tx: Tx,
    job: { readonly metadataJobId: string; readonly key: string; readonly awaited: boolean },
  ): Promise<string | null>;
  /** Takes the job off the queue, or aborts its handler's signal when it runs. */
  cancelJob(jobId: string): Promise<void>;
}

/** What the web and the commands do with a target. Errors are AppErrors. */
export interface Targets {
  /** Tries what a reload will do. A refusal is a failed check, not an error. */
  test(access: TargetAccess): Promise<TargetTest>;
  /** Landed rows in key order; of a lake those of the version that `latest` points at. */
  readRows(
    access: TargetAccess,
    wanted: { readonly task: TaskTarget; readonly dataset: DatasetDefinition; readonly page: RowsPage },
  ): Promise<RowsDto>;
  /** Rows that a run changed; none for a target that keeps no changes. */
  readChanges(
    access: TargetAccess,
    wanted: { readonly task: TaskTarget; readonly dataset: DatasetDefinition; readonly filter: ChangesFilter },
  ): Promise<ChangesPage>;
}
