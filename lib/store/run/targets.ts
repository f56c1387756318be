import { isDeepStrictEqual } from 'node:util';
import type { GatewayIds, GatewayRef } from '#lib/domain/gateway/gateway.ts';
import type { TargetAccess, TargetTest } from '#lib/domain/target/target.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { deleteSecrets, insertSecret, openSecret, replaceSecret, type SecretOwner } from '#lib/store/connection/secrets.ts';
import { gatewayRefOf } from '#lib/store/gateway/gateway-ref.ts';
import { toJson } from '#lib/store/json.ts';

/** The two targets of every installation. Their ids are fixed, so that scripts can name them. */
export const BUILT_IN_TARGETS = {
  landing: { id: 'targ_22222222222222222222', name: 'Built-in landing database' },
  lake: { id: 'targ_33333333333333333333', name: 'Local data lake' },
} as const;

export interface TargetRow {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly builtIn: boolean;
  /** Matches the settings schema of the kind's module. */
  readonly settings: unknown;
  readonly taskCount: number;
  readonly gatewayId: string | null;
  readonly gatewayGroupId: string | null;
  /** The gateway that reaches it; null: the server itself. */
  readonly gateway: GatewayRef | null;
  readonly lastTest: (TargetTest & { readonly at: string }) | null;
}

const TARGET = {
  ...{ id: true, name: true, kind: true, builtIn: true, settings: true, lastTest: true, lastTestedAt: true },
  ...{ gatewayId: true, gatewayGroupId: true },
  gateway: { select: { id: true, name: true } },
  gatewayGroup: { select: { id: true, name: true } },
  _count: { select: { tasks: true } },
} as const;

export async function listTargetRows(db: Db | Tx): Promise<TargetRow[]> {
  const rows = await db.target.findMany({
    select: TARGET,
    orderBy: [{ builtIn: 'desc' }, { createdAt: 'asc' }, { name: 'asc' }],
  });
  return rows.map(toTargetRow);
}

export async function findTarget(db: Db | Tx, id: string): Promise<TargetRow | null> {
  const row = await db.target.findUnique({ where: { id }, select: TARGET });
  return row === null ? null : toTargetRow(row);
}

function toTargetRow({
  lastTest,
  lastTestedAt,
  gateway,
  gatewayGroup,
  _count,
  ...row
}: Pick<TargetRow, 'id' | 'name' | 'kind' | 'builtIn' | 'gatewayId' | 'gatewayGroupId'> & {
  readonly gateway: { readonly id: string; readonly name: string } | null;
  readonly gatewayGroup: { readonly id: string; readonly name: string } | null;
  readonly settings: unknown;
  readonly lastTest: unknown;
  readonly lastTestedAt: Date | null;
  readonly _count: { readonly tasks: number };
}): TargetRow {
  const test = lastTestedAt === null ? null : { ...(lastTest as TargetTest), at: lastTestedAt.toISOString() };
  return { ...row, gateway: gatewayRefOf({ gateway, gatewayGroup }), taskCount: _count.tasks, lastTest: test };
}

/** The tasks that write to the target. */
export async function listTasksOfTarget(
  db: Db | Tx,
  id: string,
): Promise<{ readonly id: string; readonly name: string; readonly connectionId: string }[]> {
  return db.task.findMany({
    where: { targetId: id },
    select: { id: true, name: true, connectionId: true },
    orderBy: { name: 'asc' },
  });
}

/** The tasks of a connection, by name, each with its target. */
export async function listTasksWithTargets(
  tx: Tx,
  connectionId: string,
): Promise<{ readonly name: string; readonly target: TargetRow }[]> {
  const select = { name: true, target: { select: TARGET } } as const;
  const rows = await tx.task.findMany({ where: { connectionId }, select, orderBy: { name: 'asc' } });
  return rows.map(({ name, target }) => ({ name, target: toTargetRow(target) }));
}

/** A name that exists already is a unique violation. */
export async function insertTarget(
  tx: Tx,
  ring: KeyRing,
  { id, name, access }: { readonly id: string; readonly name: string; readonly access: TargetAccess },
): Promise<void> {
  const { kind, builtIn } = access;
  await tx.target.create({ data: { id, name, kind, builtIn }, select: { id: true } });
  await setTargetAccess(tx, ring, id, access);
}

/** A name that exists already is a unique violation. */
export async function renameTarget(tx: Tx, id: string, name: string): Promise<void> {
  await tx.target.update({ where: { id }, data: { name }, select: { id: true } });
}

/** Sets the gateway that reaches the target. */
export async function setTargetGateway(tx: Tx, id: string, { gatewayId, gatewayGroupId }: GatewayIds): Promise<void> {
  await tx.target.update({ where: { id }, data: { gatewayId, gatewayGroupId }, select: { id: true } });
}

export async function setLastTest(
  db: Db,
  id: string,
  { test, at }: { readonly test: TargetTest; readonly at: Date },
): Promise<void> {
  await db.target.updateMany({ where: { id }, data: { lastTest: toJson(test), lastTestedAt: at } });
}

/** Locks the target until the transaction ends, so that no task starts to use it meanwhile. False when it does not exist. */
export async function lockTarget(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT id FROM targets WHERE id = ${id} FOR UPDATE`;
  return rows.length === 1;
}

/** Deletes the target with its secrets. */
export async function deleteTargetRow(tx: Tx, id: string): Promise<void> {
  const { secretId } = await tx.target.delete({ where: { id }, select: { secretId: true } });
  await deleteSecrets(tx, [secretId]);
}

const ACCESS = { kind: true, settings: true, builtIn: true, secretId: true } as const;

/** Settings and secrets of the target in clear text; null when it does not exist. */
export async function openTarget(db: Db | Tx, ring: KeyRing, id: string): Promise<TargetAccess | null> {
  const row = await db.target.findUnique({ where: { id }, select: ACCESS });
  if (row === null) return null;
  const { kind, settings, builtIn, secretId } = row;
  const secret = secretId === null ? null : await openSecret(db, ring, ownerOf(id), secretId);
  return { kind, settings, builtIn, secrets: secret === null ? null : (JSON.parse(secret.plaintext) as unknown) };
}

/** Sets settings and secrets of a target. Writes nothing when they are unchanged. */
export async function setTargetAccess(tx: Tx, ring: KeyRing, id: string, access: TargetAccess): Promise<void> {
  const row = await tx.target.findUniqueOrThrow({ where: { id }, select: ACCESS });
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

/** Locks all targets until the transaction ends: several processes may create the built-in ones at the same time. */
export async function lockTargets(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('entrada:targets'))`;
}

function ownerOf(id: string): SecretOwner {
  return { kind: 'target', ownerId: id };
}
