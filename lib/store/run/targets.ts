import { isDeepStrictEqual } from 'node:util';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { insertSecret, openSecret, replaceSecret, type SecretOwner } from '#lib/store/connection/secrets.ts';
import { toJson } from '#lib/store/json.ts';

/** The two targets that every installation has; the ids are fixed, so that scripts can name them. */
export const BUILT_IN_TARGETS = {
  landing: { id: 'targ_22222222222222222222', name: 'Built-in landing database' },
  lake: { id: 'targ_33333333333333333333', name: 'Local data lake' },
} as const;

export interface TargetRow {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly builtIn: boolean;
  /** Of the settings schema of the kind's module. */
  readonly settings: unknown;
}

const TARGET = { id: true, name: true, kind: true, builtIn: true, settings: true, secretId: true } as const;

export async function listTargetRows(db: Db | Tx): Promise<TargetRow[]> {
  return db.target.findMany({ select: TARGET, orderBy: [{ builtIn: 'desc' }, { createdAt: 'asc' }, { name: 'asc' }] });
}

export async function findTarget(db: Db | Tx, id: string): Promise<TargetRow | null> {
  return db.target.findUnique({ where: { id }, select: TARGET });
}

/** How the target is reached, with its secrets in the clear; null when it is gone. */
export async function openTarget(db: Db | Tx, ring: KeyRing, id: string): Promise<TargetAccess | null> {
  const row = await db.target.findUnique({ where: { id }, select: TARGET });
  if (row === null) return null;
  const { kind, settings, builtIn, secretId } = row;
  const secret = secretId === null ? null : await openSecret(db, ring, ownerOf(id), secretId);
  return { kind, settings, builtIn, secrets: secret === null ? null : (JSON.parse(secret.plaintext) as unknown) };
}

/** Sets where a target is and what it is reached with. Nothing is written when it has that already. */
export async function setTargetAccess(tx: Tx, ring: KeyRing, id: string, access: TargetAccess): Promise<void> {
  const row = await tx.target.findUniqueOrThrow({ where: { id }, select: TARGET });
  const plaintext = access.secrets === null ? null : JSON.stringify(access.secrets);
  const stored = row.secretId === null ? null : await openSecret(tx, ring, ownerOf(id), row.secretId);
  const settings = toJson(access.settings as object);
  if (!isDeepStrictEqual(row.settings, settings)) {
    await tx.target.update({ where: { id }, data: { settings }, select: { id: true } });
  }
  if (plaintext === null || plaintext === stored?.plaintext) return;
  if (stored !== null && row.secretId !== null) {
    await replaceSecret(tx, ring, ownerOf(id), { id: row.secretId, version: stored.version, plaintext });
    return;
  }
  const secretId = await insertSecret(tx, ring, ownerOf(id), plaintext);
  await tx.target.update({ where: { id }, data: { secretId }, select: { id: true } });
}

/** Holds all targets until the transaction ends: several processes set up the built-in ones when they start together. */
export async function lockTargets(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('entrada:targets'))`;
}

function ownerOf(id: string): SecretOwner {
  return { kind: 'target', ownerId: id };
}
