import {
  type ConnectionDto,
  ConnectionState,
  type ConnectionSummaryDto,
  type SignInMethod,
  type VerifiedIdentity,
} from '#lib/domain/connection/connection.ts';
import type { ConnectionAccess } from '#lib/domain/connection/connection-access.ts';
import { connectionWarnings } from '#lib/domain/connection/connection-warnings.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson, toJsonOrNull } from '#lib/store/json.ts';
import type { SignInMethod as StoredSignIn, ConnectionState as StoredState } from '#prisma/generated/enums.ts';
import { gatewayRefOf } from '../gateway/gateway-ref.ts';
import { type CertificateRow, toCertificateDto } from './certificates.ts';
import type { SignInSettings } from './sign-in-settings.ts';

const CONNECTION = {
  id: true,
  name: true,
  state: true,
  problem: true,
  ownerId: true,
  gatewayId: true,
  gatewayGroupId: true,
  gateway: { select: { id: true, name: true } },
  gatewayGroup: { select: { id: true, name: true } },
  clientId: true,
  signIn: true,
  clientSecretId: true,
  certificateId: true,
  certificate: true,
  credentialExpiresAt: true,
  expirySource: true,
  tokenCacheId: true,
  tokenCache: { select: { updatedAt: true } },
  graphBaseUrl: true,
  tenant: true,
  cloud: true,
  identity: true,
  lastVerifiedAt: true,
  metadataGeneratedAt: true,
  createdAt: true,
  updatedAt: true,
  owner: { select: { email: true } },
  _count: { select: { datasets: true, tasks: true } },
} as const;

/** A connection with the ids of its secrets, without the secrets. */
export interface ConnectionRow extends SignInSettings {
  readonly id: string;
  readonly name: string;
  readonly state: StoredState;
  readonly problem: unknown;
  readonly ownerId: string;
  readonly gateway: { readonly id: string; readonly name: string } | null;
  readonly gatewayGroup: { readonly id: string; readonly name: string } | null;
  readonly certificate: CertificateRow | null;
  readonly tokenCacheId: string;
  /** A token cache changes only when tokens are renewed. */
  readonly tokenCache: { readonly updatedAt: Date };
  readonly cloud: string;
  /** Written only by this file, as VerifiedIdentity. */
  readonly identity: unknown;
  readonly lastVerifiedAt: Date;
  readonly metadataGeneratedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly owner: { readonly email: string };
  readonly _count: { readonly datasets: number; readonly tasks: number };
}

const STATE = { ready: 'ready', needs_reauthentication: 'needs-reauthentication' } satisfies Record<StoredState, ConnectionState>;

export function identityOf(row: { readonly identity: unknown }): VerifiedIdentity {
  return row.identity as VerifiedIdentity;
}

const SIGN_IN = { delegated: 'delegated', app_only: 'app-only' } satisfies Record<StoredSignIn, SignInMethod>;

export function signInOf(row: { readonly signIn: StoredSignIn }): SignInMethod {
  return SIGN_IN[row.signIn];
}

export function toStoredSignIn(signIn: SignInMethod): StoredSignIn {
  return signIn === 'app-only' ? 'app_only' : 'delegated';
}

export function toConnectionSummaryDto(row: ConnectionRow, access: ConnectionAccess, now: Date): ConnectionSummaryDto {
  const identity = identityOf(row);
  return {
    id: row.id,
    name: row.name,
    state: ConnectionState.parse(STATE[row.state]),
    cloud: row.cloud,
    graphBaseUrl: row.graphBaseUrl,
    tenantName: identity.tenant.name,
    accountUsername: identity.account.username,
    owner: row.owner.email,
    access,
    datasetCount: row._count.datasets,
    taskCount: row._count.tasks,
    createdAt: row.createdAt.toISOString(),
    lastVerifiedAt: row.lastVerifiedAt.toISOString(),
    signIn: signInOf(row),
    warnings: connectionWarnings(
      {
        signIn: signInOf(row),
        credential: row.certificateId === null ? 'secret' : 'certificate',
        credentialExpiresAt: row.credentialExpiresAt,
        tokensRenewedAt: row.tokenCache.updatedAt,
      },
      now,
    ),
  };
}

const EXPIRY_SOURCES = ['person', 'registration', 'certificate'] as const;

export function toConnectionDto(row: ConnectionRow, access: ConnectionAccess, now: Date): ConnectionDto {
  return {
    ...toConnectionSummaryDto(row, access, now),
    clientId: row.clientId,
    tenant: row.tenant,
    gateway: gatewayRefOf(row),
    credential: row.certificateId === null ? 'secret' : 'certificate',
    certificate: row.certificate === null ? null : toCertificateDto(row.certificate),
    credentialExpiresAt: row.credentialExpiresAt?.toISOString() ?? null,
    expirySource: EXPIRY_SOURCES.find((source) => source === row.expirySource) ?? null,
    tokensRenewedAt: row.tokenCache.updatedAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    problem: (row.problem ?? null) as Problem | null,
    identity: identityOf(row),
    metadataGeneratedAt: row.metadataGeneratedAt?.toISOString() ?? null,
  };
}

export async function listConnectionRows(db: Db): Promise<ConnectionRow[]> {
  return db.connection.findMany({ select: CONNECTION, orderBy: { name: 'asc' } });
}

export async function findConnection(db: Db | Tx, id: string): Promise<ConnectionRow | null> {
  return db.connection.findUnique({ where: { id }, select: CONNECTION });
}

/** Names that start with `prefix`, to make a suggestion unique. */
export async function connectionNamesLike(db: Db | Tx, prefix: string): Promise<ReadonlySet<string>> {
  const rows = await db.connection.findMany({ where: { name: { startsWith: prefix } }, select: { name: true } });
  return new Set(rows.map((row) => row.name));
}

export interface NewConnection extends SignInSettings {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly tokenCacheId: string;
  readonly cloud: string;
  readonly identity: VerifiedIdentity;
  readonly lastVerifiedAt: Date;
}

/** When a credential ends, and the source of that date. */
export interface CredentialExpiry {
  readonly at: Date;
  readonly source: 'person' | 'registration' | 'certificate';
}

/** A name that exists already is a unique violation. */
export async function insertConnection(tx: Tx, row: NewConnection): Promise<void> {
  await tx.connection.create({ data: { ...row, identity: toJson(row.identity) }, select: { id: true } });
}

/** A name that exists already is a unique violation. */
export async function setConnectionName(tx: Tx, id: string, name: string): Promise<void> {
  await tx.connection.update({ where: { id }, data: { name }, select: { id: true } });
}

/** Replaces settings and tokens after another authentication. Returns the ids of the replaced secrets. */
export async function replaceConnectionSignIn(
  tx: Tx,
  id: string,
  signIn: Omit<NewConnection, 'id' | 'name' | 'ownerId'>,
): Promise<readonly (string | null)[]> {
  const before = await tx.connection.findUniqueOrThrow({ where: { id }, select: { clientSecretId: true, tokenCacheId: true } });
  await tx.connection.update({
    where: { id },
    data: { ...signIn, identity: toJson(signIn.identity), state: 'ready', problem: toJsonOrNull(null) },
    select: { id: true },
  });
  return [before.clientSecretId, before.tokenCacheId];
}

/** Records that Entra accepted the connection, with these permissions. `expiry` null: unknown to Entra, the stored date stays. */
export async function setConnectionVerified(
  db: Db,
  id: string,
  verified: { readonly identity: VerifiedIdentity; readonly at: Date; readonly expiry: CredentialExpiry | null },
): Promise<void> {
  const { identity, at, expiry } = verified;
  await db.connection.updateMany({
    where: { id },
    data: {
      identity: toJson(identity),
      lastVerifiedAt: at,
      state: 'ready',
      problem: toJsonOrNull(null),
      ...(expiry === null ? {} : { credentialExpiresAt: expiry.at, expirySource: expiry.source }),
    },
  });
}

/** Changes credential, gateway or name without another sign-in. A name that exists already is a unique violation. */
export async function updateConnectionSettings(
  tx: Tx,
  id: string,
  change: {
    readonly name: string;
    readonly gatewayId: string | null;
    readonly gatewayGroupId: string | null;
    readonly clientSecretId: string | null;
    readonly certificateId: string | null;
    readonly credentialExpiresAt: Date | null;
    readonly expirySource: string | null;
    /**
     * When Entra accepted the new credential, or the existing one through the new gateway: the connection is usable again. Null when both are
     * unchanged.
     */
    readonly provenAt: Date | null;
  },
): Promise<void> {
  const { provenAt, ...settings } = change;
  const proven = provenAt === null ? {} : { lastVerifiedAt: provenAt, state: 'ready' as const, problem: toJsonOrNull(null) };
  await tx.connection.update({ where: { id }, data: { ...settings, ...proven }, select: { id: true } });
}

/** Records that Entra refused the refresh token: a person has to sign in again. Returns whether the connection was ready before. */
export async function setConnectionNeedsReauthentication(tx: Tx, id: string, problem: Problem): Promise<boolean> {
  const data = { state: 'needs_reauthentication', problem: toJson(problem) } as const;
  const { count } = await tx.connection.updateMany({ where: { id, state: 'ready' }, data });
  if (count === 0) await tx.connection.updateMany({ where: { id }, data });
  return count === 1;
}

export async function setMetadataGenerated(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.connection.update({ where: { id }, data: { metadataGeneratedAt: at }, select: { id: true } });
}

/** Deletes the connection, its datasets and its secrets. Its tasks must be deleted before. */
export async function deleteConnectionRow(tx: Tx, row: ConnectionRow): Promise<void> {
  await tx.connection.delete({ where: { id: row.id }, select: { id: true } });
  await tx.secret.deleteMany({ where: { id: { in: [row.clientSecretId, row.tokenCacheId].filter((id) => id !== null) } } });
}

/** Locks the connection until the transaction ends, so that no task is created on it during its deletion. False when it does not exist. */
export async function lockConnection(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT id FROM connections WHERE id = ${id} FOR UPDATE`;
  return rows.length === 1;
}
