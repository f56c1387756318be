import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson } from '#lib/store/json.ts';
import { notifyGateway } from './commands.ts';

/** Topic of `notifyGateway` for who shows gateways. */
export const GATEWAYS_TOPIC = 'gateways';

const IDENTITY = {
  ...{ id: true, name: true, groupId: true, signingKey: true, encryptionKey: true, deactivatedAt: true, registeredAt: true },
  ...{ version: true, protocolVersion: true, instance: true, streamId: true, draining: true, lastSeenAt: true },
  ...{ connectedSince: true, allowPreviews: true, allowLandedRows: true },
} as const;

/** How the server identifies a gateway, and whether it is connected. */
export interface GatewayIdentity {
  readonly id: string;
  readonly name: string;
  readonly groupId: string | null;
  /** Public JWKs; null until it registered. */
  readonly signingKey: unknown;
  readonly encryptionKey: unknown;
  readonly deactivatedAt: Date | null;
  readonly registeredAt: Date | null;
  readonly version: string | null;
  readonly protocolVersion: string | null;
  /** Id of its process. */
  readonly instance: string | null;
  /** Id of its open command stream. */
  readonly streamId: string | null;
  readonly draining: boolean;
  readonly lastSeenAt: Date | null;
  readonly connectedSince: Date | null;
  readonly allowPreviews: boolean;
  readonly allowLandedRows: boolean;
}

export async function findGatewayIdentity(db: Db | Tx, id: string): Promise<GatewayIdentity | null> {
  return db.gateway.findUnique({ where: { id }, select: IDENTITY });
}

/** The gateway, or the members of the group; empty when there is none. */
export async function listGatewaysOf(
  db: Db,
  of: { readonly gatewayId: string | null; readonly gatewayGroupId: string | null },
): Promise<GatewayIdentity[]> {
  const where = of.gatewayId === null ? { groupId: of.gatewayGroupId ?? '' } : { id: of.gatewayId };
  return db.gateway.findMany({ where, select: IDENTITY, orderBy: { name: 'asc' } });
}

/** Name of the gateway or the group. */
export async function findGatewayName(
  db: Db,
  of: { readonly gatewayId: string | null; readonly gatewayGroupId: string | null },
): Promise<string | null> {
  if (of.gatewayId !== null) return (await findGatewayIdentity(db, of.gatewayId))?.name ?? null;
  const group = await db.gatewayGroup.findUnique({ where: { id: of.gatewayGroupId ?? '' }, select: { name: true } });
  return group?.name ?? null;
}

interface GatewaySelfDescription {
  readonly version: string;
  readonly protocol: string;
  readonly hostName: string;
  readonly operatingSystem: string;
}

const described = ({ version, protocol, hostName, operatingSystem }: GatewaySelfDescription) => ({
  ...{ version, protocolVersion: protocol, hostName, operatingSystem },
});

/** The gateway of a registration key; null: none. */
export async function findByRegistrationKey(tx: Tx, registrationKeyHash: string) {
  return tx.gateway.findUnique({
    where: { registrationKeyHash },
    select: { ...IDENTITY, registrationKeyExpiresAt: true, registrationKeyUsedAt: true },
  });
}

/** Stores the public keys of a gateway. False when the registration key was used meanwhile. */
export async function registerGateway(
  tx: Tx,
  id: string,
  registration: GatewaySelfDescription & { readonly signingKey: object; readonly encryptionKey: object; readonly at: Date },
): Promise<boolean> {
  const { signingKey, encryptionKey, at } = registration;
  const { count } = await tx.gateway.updateMany({
    where: { id, registrationKeyUsedAt: null },
    data: {
      ...described(registration),
      ...{ signingKey: toJson(signingKey), encryptionKey: toJson(encryptionKey) },
      ...{ registeredAt: at, registrationKeyUsedAt: at, lastSeenAt: at, instance: null, connectedSince: null, streamId: null },
    },
  });
  await notifyGateway(tx, GATEWAYS_TOPIC);
  return count === 1;
}

/** Records that the gateway sent a request. */
export async function setGatewaySeen(db: Db, id: string, at: Date): Promise<void> {
  await db.gateway.updateMany({ where: { id }, data: { lastSeenAt: at } });
}

/** Records the protocol version of a gateway with an unsupported major version. */
export async function setProtocolVersion(db: Db, id: string, protocolVersion: string): Promise<void> {
  const { count } = await db.gateway.updateMany({ where: { id, NOT: { protocolVersion } }, data: { protocolVersion } });
  if (count > 0) await notifyGateway(db, GATEWAYS_TOPIC);
}

export async function setGatewayStatus(
  db: Db,
  id: string,
  status: GatewaySelfDescription & {
    readonly instance: string;
    readonly draining: boolean;
    readonly activity: readonly object[];
    readonly at: Date;
  },
): Promise<void> {
  const { instance, draining, activity, at } = status;
  await db.gateway.updateMany({
    where: { id },
    data: { ...described(status), instance, draining, activity: toJson(activity), lastSeenAt: at },
  });
  await notifyGateway(db, GATEWAYS_TOPIC);
}

/** Opens a command stream; an earlier one of the gateway is no longer valid. */
export async function openStream(
  db: Db,
  id: string,
  stream: { readonly streamId: string; readonly instance: string; readonly at: Date },
): Promise<void> {
  const { streamId, instance, at } = stream;
  await db.gateway.updateMany({ where: { id }, data: { streamId, instance, connectedSince: at, lastSeenAt: at } });
  await notifyGateway(db, GATEWAYS_TOPIC);
}

export async function closeStream(db: Db, id: string, streamId: string): Promise<void> {
  const { count } = await db.gateway.updateMany({ where: { id, streamId }, data: { streamId: null, connectedSince: null } });
  if (count > 0) await notifyGateway(db, GATEWAYS_TOPIC);
}
