import type { GatewayFacts } from '#lib/domain/gateway/gateway.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

const FACTS = {
  ...{ registeredAt: true, deactivatedAt: true, lastSeenAt: true, connectedSince: true, version: true, protocolVersion: true },
} as const;
const GROUP = {
  ...{ id: true, name: true, description: true, createdAt: true },
  gateways: { select: { id: true, name: true, ...FACTS }, orderBy: { name: 'asc' } },
  _count: { select: { connections: true, targets: true } },
} as const;

export interface GatewayGroupRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly gateways: readonly (GatewayFacts & { readonly id: string; readonly name: string })[];
  readonly _count: { readonly connections: number; readonly targets: number };
}

/** Sorted by name. */
export async function listGatewayGroupRows(db: Db | Tx): Promise<GatewayGroupRow[]> {
  return db.gatewayGroup.findMany({ select: GROUP, orderBy: { name: 'asc' } });
}

export async function findGatewayGroup(db: Db | Tx, id: string): Promise<GatewayGroupRow | null> {
  return db.gatewayGroup.findUnique({ where: { id }, select: GROUP });
}

/** A name that exists already is a unique violation. */
export async function insertGatewayGroup(
  tx: Tx,
  row: { readonly id: string; readonly name: string; readonly description: string; readonly createdById: string | null },
): Promise<void> {
  await tx.gatewayGroup.create({ data: row, select: { id: true } });
}

/** A name that exists already is a unique violation. */
export async function updateGatewayGroupRow(
  tx: Tx,
  id: string,
  settings: { readonly name: string; readonly description: string },
): Promise<void> {
  await tx.gatewayGroup.update({ where: { id }, data: settings, select: { id: true } });
}

/** Makes exactly these gateways the members; a gateway of another group leaves that group. Returns how many of them exist. */
export async function setGroupMembers(tx: Tx, id: string, gatewayIds: readonly string[]): Promise<number> {
  await tx.gateway.updateMany({ where: { groupId: id, id: { notIn: [...gatewayIds] } }, data: { groupId: null } });
  const { count } = await tx.gateway.updateMany({ where: { id: { in: [...gatewayIds] } }, data: { groupId: id } });
  return count;
}

/** Locks the group until the transaction ends, so that nothing starts to use it meanwhile. False when it does not exist. */
export async function lockGatewayGroup(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT id FROM gateway_groups WHERE id = ${id} FOR UPDATE`;
  return rows.length === 1;
}

export async function deleteGatewayGroupRow(tx: Tx, id: string): Promise<void> {
  await tx.gatewayGroup.delete({ where: { id }, select: { id: true } });
}
