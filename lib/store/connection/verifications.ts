import type { VerificationDto, VerificationStatus, VerifiedIdentity } from '#lib/domain/connection/connection.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson, toJsonOrNull } from '#lib/store/json.ts';
import type { VerificationStatus as StoredStatus } from '#prisma/generated/enums.ts';
import { type CredentialExpiry, signInOf } from './connections.ts';
import type { SignInSettings } from './sign-in-settings.ts';

const VERIFICATION = {
  id: true,
  userId: true,
  status: true,
  codeHash: true,
  redeemedAt: true,
  gatewayId: true,
  gatewayGroupId: true,
  clientId: true,
  signIn: true,
  clientSecretId: true,
  certificateId: true,
  credentialExpiresAt: true,
  expirySource: true,
  codeVerifierId: true,
  tokenCacheId: true,
  graphBaseUrl: true,
  tenant: true,
  redirectUri: true,
  authorizeUrl: true,
  connectionId: true,
  identity: true,
  problem: true,
  expiresAt: true,
} as const;

/** A verification without its secrets. */
export interface VerificationRow extends SignInSettings {
  readonly id: string;
  readonly userId: string;
  readonly status: StoredStatus;
  readonly codeHash: string | null;
  readonly redeemedAt: Date | null;
  readonly codeVerifierId: string | null;
  readonly tokenCacheId: string | null;
  readonly redirectUri: string;
  readonly authorizeUrl: string;
  readonly connectionId: string | null;
  readonly identity: VerifiedIdentity | null;
  readonly problem: Problem | null;
  readonly expiresAt: Date;
}

type Stored = Omit<VerificationRow, 'identity' | 'problem'> & { readonly identity: unknown; readonly problem: unknown };

/** `identity` and `problem` are written only by this file, from these types. */
function toRow(stored: Stored): VerificationRow {
  return { ...stored, identity: stored.identity as VerifiedIdentity | null, problem: stored.problem as Problem | null };
}

const STATUS = {
  waiting_for_code: 'waiting-for-code',
  verifying: 'verifying',
  verified: 'verified',
  failed: 'failed',
  consumed: 'verified',
} satisfies Record<StoredStatus, VerificationStatus>;

export function toVerificationDto(row: VerificationRow, suggestedName: string | null): VerificationDto {
  return {
    id: row.id,
    status: STATUS[row.status],
    authorizeUrl: row.authorizeUrl,
    expiresAt: row.expiresAt.toISOString(),
    identity: row.identity,
    problem: row.problem,
    suggestedName,
    signIn: signInOf(row),
    credential: row.certificateId === null ? 'secret' : 'certificate',
    credentialExpiresAt: row.credentialExpiresAt?.toISOString() ?? null,
  };
}

export interface NewVerification extends SignInSettings {
  readonly id: string;
  readonly userId: string;
  readonly stateHash: string;
  /** Null for app-only sign-in, which has no code verifier. */
  readonly codeVerifierId: string | null;
  readonly status: 'waiting_for_code' | 'verifying';
  readonly redirectUri: string;
  readonly authorizeUrl: string;
  readonly connectionId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export async function insertVerification(tx: Tx, row: NewVerification): Promise<VerificationRow> {
  return toRow(await tx.verification.create({ data: { ...row }, select: VERIFICATION }));
}

/** A verification of this person; null for another person's. */
export async function findOwnVerification(db: Db | Tx, id: string, userId: string): Promise<VerificationRow | null> {
  const stored = await db.verification.findFirst({ where: { id, userId }, select: VERIFICATION });
  return stored === null ? null : toRow(stored);
}

export async function findVerificationByState(db: Db | Tx, stateHash: string): Promise<VerificationRow | null> {
  const stored = await db.verification.findUnique({ where: { stateHash }, select: VERIFICATION });
  return stored === null ? null : toRow(stored);
}

export async function findVerificationByCode(db: Db | Tx, codeHash: string): Promise<VerificationRow | null> {
  const stored = await db.verification.findUnique({ where: { codeHash }, select: VERIFICATION });
  return stored === null ? null : toRow(stored);
}

/** Records the digest of the code; false when another code was recorded before. */
export async function recordCodeHash(db: Db | Tx, id: string, codeHash: string): Promise<boolean> {
  const { count } = await db.verification.updateMany({
    where: { id, codeHash: null, status: 'waiting_for_code' },
    data: { codeHash },
  });
  return count === 1;
}

/**
 * Claims the verification for redeeming its code; false when another request has claimed it, or it has ended. A claim from before `staleBefore`
 * belongs to a process that died, and is replaced.
 */
export async function claimVerification(db: Db, id: string, now: Date, staleBefore: Date): Promise<boolean> {
  const { count } = await db.verification.updateMany({
    where: { id, OR: [{ status: 'waiting_for_code' }, { status: 'verifying', verifyingSince: { lt: staleBefore } }] },
    data: { status: 'verifying', verifyingSince: now },
  });
  return count === 1;
}

/** Returns to waiting: the pasted text was not the code of this verification. */
export async function releaseVerification(db: Db, id: string, problem: Problem): Promise<void> {
  await db.verification.updateMany({
    where: { id, status: 'verifying' },
    data: { status: 'waiting_for_code', verifyingSince: null, problem: toJson(problem) },
  });
}

export async function failVerification(tx: Db | Tx, id: string, problem: Problem, redeemedAt: Date | null): Promise<void> {
  await tx.verification.updateMany({
    where: { id, status: { in: ['waiting_for_code', 'verifying'] } },
    data: {
      status: 'failed',
      problem: toJson(problem),
      ...(redeemedAt === null ? {} : { redeemedAt }),
    },
  });
}

export async function completeVerification(
  tx: Tx,
  id: string,
  result: {
    readonly tokenCacheId: string;
    readonly identity: VerifiedIdentity;
    /** Null for app-only sign-in, which has no code. */
    readonly codeHash: string | null;
    readonly redeemedAt: Date;
    /** The date from the app registration; null keeps the date that a person entered. */
    readonly expiry: CredentialExpiry | null;
  },
): Promise<VerificationRow | null> {
  const { count } = await tx.verification.updateMany({
    where: { id, status: 'verifying' },
    data: {
      status: 'verified',
      tokenCacheId: result.tokenCacheId,
      identity: toJson(result.identity),
      codeHash: result.codeHash,
      redeemedAt: result.redeemedAt,
      codeVerifierId: null,
      problem: toJsonOrNull(null),
      ...(result.expiry === null ? {} : { credentialExpiresAt: result.expiry.at, expirySource: result.expiry.source }),
    },
  });
  if (count === 0) return null;
  return toRow(await tx.verification.findUniqueOrThrow({ where: { id }, select: VERIFICATION }));
}

/** Marks a verified verification as used; false when it was used already. Its secrets belong to the connection from then on. */
export async function consumeVerification(tx: Tx, id: string): Promise<boolean> {
  const { count } = await tx.verification.updateMany({
    where: { id, status: 'verified' },
    data: { status: 'consumed', clientSecretId: null, certificateId: null, tokenCacheId: null, codeVerifierId: null },
  });
  return count === 1;
}

/**
 * Deletes secrets of verifications that ended before `before`, and releases their certificates; the rows record that, and are kept
 * to recognise a late code.
 */
export async function deleteAbandonedSecrets(tx: Tx, before: Date, problem: Problem): Promise<void> {
  const held = { OR: HELD.map((id) => ({ [id]: { not: null } })) };
  const left = await tx.verification.findMany({ where: { expiresAt: { lt: before }, ...held }, select: SECRET_IDS });
  const ids = left.map(({ id }) => id);
  await tx.verification.updateMany({
    where: { id: { in: ids }, status: { in: ['waiting_for_code', 'verifying', 'verified'] } },
    data: { status: 'failed', problem: toJson(problem) },
  });
  await tx.verification.updateMany({
    where: { id: { in: ids } },
    data: { clientSecretId: null, codeVerifierId: null, tokenCacheId: null, certificateId: null },
  });
  await tx.secret.deleteMany({ where: { id: { in: left.flatMap(secretIdsOf) } } });
}

const HELD = ['clientSecretId', 'codeVerifierId', 'tokenCacheId', 'certificateId'] as const;

const SECRET_IDS = { id: true, clientSecretId: true, codeVerifierId: true, tokenCacheId: true } as const;

type SecretIds = Readonly<Record<'clientSecretId' | 'codeVerifierId' | 'tokenCacheId', string | null>>;

function secretIdsOf({ clientSecretId, codeVerifierId, tokenCacheId }: SecretIds): string[] {
  return [clientSecretId, codeVerifierId, tokenCacheId].filter((id) => id !== null);
}

/** Deletes verifications that ended before `before`, with secrets that they still hold. */
export async function deleteOldVerifications(db: Db, before: Date): Promise<void> {
  await db.$transaction(async (tx) => {
    const old = await tx.verification.findMany({
      where: { expiresAt: { lt: before } },
      select: SECRET_IDS,
    });
    await tx.verification.deleteMany({ where: { id: { in: old.map((row) => row.id) } } });
    await tx.secret.deleteMany({ where: { id: { in: old.flatMap(secretIdsOf) } } });
  });
}
