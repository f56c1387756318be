import type { GatewayActivity, GatewayChoice, GatewayFacts } from '#lib/domain/gateway/gateway.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { notifyGateway } from './commands.ts';
import { GATEWAYS_TOPIC } from './gateway-identity.ts';

const GATEWAY = {
  ...{ id: true, name: true, description: true, groupId: true, createdAt: true, createdById: true },
  ...{ registrationKeyHash: true, registrationKeyExpiresAt: true, registrationKeyUsedAt: true, registeredAt: true },
  ...{ version: true, protocolVersion: true, hostName: true, operatingSystem: true, lastSeenAt: true, connectedSince: true },
  ...{ activity: true, deactivatedAt: true, allowPreviews: true, allowLandedRows: true },
  group: { select: { id: true, name: true } },
  _count: { select: { connections: true, targets: true } },
} as const;

/** A gateway without its keys. */
export interface GatewayRow extends GatewayFacts {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly groupId: string | null;
  readonly group: { readonly id: string; readonly name: string } | null;
  readonly createdAt: Date;
  readonly createdById: string | null;
  /** SHA-256 of the last registration key; see services/gateway/registration-key.ts. */
  readonly registrationKeyHash: string | null;
  readonly registrationKeyExpiresAt: Date | null;
  readonly registrationKeyUsedAt: Date | null;
  readonly hostName: string | null;
  readonly operatingSystem: string | null;
  /** Written only as GatewayActivity[]. */
  readonly activity: unknown;
  readonly allowPreviews: boolean;
  readonly allowLandedRows: boolean;
  readonly _count: { readonly connections: number; readonly targets: number };
}

export function activityOf(row: { readonly activity: unknown }): readonly GatewayActivity[] {
  return row.activity as readonly GatewayActivity[];
}

/** Sorted by name. */
export async function listGatewayRows(db: Db | Tx): Promise<GatewayRow[]> {
  return db.gateway.findMany({ select: GATEWAY, orderBy: { name: 'asc' } });
}

export async function findGateway(db: Db | Tx, id: string): Promise<GatewayRow | null> {
  return db.gateway.findUnique({ where: { id }, select: GATEWAY });
}

/** The gateways that may do the work of `choice`: the one, or the members of the group. Null when it does not exist; empty for none. */
export async function findChosenGateways(db: Db | Tx, choice: GatewayChoice): Promise<GatewayRow[] | null> {
  if (choice.gatewayId !== null) {
    const row = await findGateway(db, choice.gatewayId);
    return row === null ? null : [row];
  }
  if (choice.gatewayGroupId === null) return [];
  if ((await db.gatewayGroup.count({ where: { id: choice.gatewayGroupId } })) === 0) return null;
  return db.gateway.findMany({ where: { groupId: choice.gatewayGroupId }, select: GATEWAY, orderBy: { name: 'asc' } });
}

/** The settings of a gateway that a person can change. */
export interface GatewaySettings {
  readonly name: string;
  readonly description: string;
  readonly groupId: string | null;
}

export interface RegistrationKeyRow {
  readonly registrationKeyHash: string;
  readonly registrationKeyExpiresAt: Date;
}

/** A name that exists already is a unique violation. */
export async function insertGateway(
  tx: Tx,
  row: GatewaySettings &
    RegistrationKeyRow & { readonly id: string; readonly createdById: string | null; readonly createdAt: Date },
): Promise<void> {
  await tx.gateway.create({ data: row, select: { id: true } });
}

/** A name that exists already is a unique violation. */
export async function updateGatewaySettings(
  tx: Tx,
  id: string,
  settings: GatewaySettings & { readonly allowPreviews: boolean; readonly allowLandedRows: boolean },
): Promise<void> {
  await tx.gateway.update({ where: { id }, data: settings, select: { id: true } });
}

/** Replaces the registration key; an earlier one becomes invalid. The registered public keys stay valid until the new key is used. */
export async function setRegistrationKey(tx: Tx, id: string, key: RegistrationKeyRow): Promise<void> {
  await tx.gateway.update({ where: { id }, data: { ...key, registrationKeyUsedAt: null }, select: { id: true } });
}

export async function setGatewayDeactivated(tx: Tx, id: string, at: Date | null): Promise<void> {
  await tx.gateway.update({ where: { id }, data: { deactivatedAt: at }, select: { id: true } });
  // Its stream hands back what it has; pages show the state.
  for (const topic of [`gateway:${id}`, GATEWAYS_TOPIC]) await notifyGateway(tx, topic);
}

/** Locks the gateway until the transaction ends, so that nothing starts to use it meanwhile. False when it does not exist. */
export async function lockGateway(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT id FROM gateways WHERE id = ${id} FOR UPDATE`;
  return rows.length === 1;
}

export async function deleteGatewayRow(tx: Tx, id: string): Promise<void> {
  await tx.gateway.delete({ where: { id }, select: { id: true } });
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Connections and targets that name a gateway or a group. */
export interface GatewayUse {
  readonly connections: readonly Named[];
  readonly targets: readonly Named[];
}

/** Connections and targets that name exactly this gateway or group, sorted by name. */
export async function listGatewayUse(db: Db | Tx, choice: GatewayChoice): Promise<GatewayUse> {
  const where = choice.gatewayId === null ? { gatewayGroupId: choice.gatewayGroupId } : { gatewayId: choice.gatewayId };
  const query = { where, select: { id: true, name: true }, orderBy: { name: 'asc' } } as const;
  const [connections, targets] = [await db.connection.findMany(query), await db.target.findMany(query)];
  return { connections, targets };
}
