import { z } from 'zod';
import type { GatewayDetailDto } from '#lib/domain/gateway/gateway-dto.ts';
import { type Id, idSchema } from '#lib/domain/id.ts';
import { findUserById } from '#lib/store/account/users.ts';
import { type GatewayRow, type GatewayUse, listGatewayUse } from '#lib/store/gateway/gateways.ts';
import { listRunSummaries } from '#lib/store/run/run-summaries.ts';
import { closedConnections } from '../connection/require-connection-access.ts';
import type { Call, Context } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireGateway } from './require-gateway.ts';
import { SERVER_RELEASE } from './server-release.ts';
import { toGatewayDto } from './to-gateway-dto.ts';

export const GetGatewayInput = z.object({ gatewayId: idSchema('gw') });
export type GetGatewayInput = z.input<typeof GetGatewayInput>;

const RUNS_SHOWN = 10;

/** A gateway with the connections and targets that use it, directly or through its group. */
export async function getGateway({ ctx, input }: Call<GetGatewayInput>): Promise<GatewayDetailDto> {
  requireRole(ctx, 'viewer');
  const { gatewayId } = GetGatewayInput.parse(input);
  return describeGateway(ctx, gatewayId);
}

/** The same for the caller who has just changed it: an API token may have only the scope for that. */
export async function describeGateway(
  ctx: Pick<Context, 'actor' | 'clock' | 'db'>,
  gatewayId: string,
): Promise<GatewayDetailDto> {
  const row = await requireGateway(ctx, gatewayId);
  const closed = new Set(await closedConnections(ctx));
  const { connections: all, targets } = await namedBy(ctx, row);
  const connections = all.filter(({ id }) => !closed.has(id));
  const connectionIds = connections.map(({ id }) => id);
  return {
    ...toGatewayDto(row, ctx.clock.now()),
    protocolVersion: row.protocolVersion,
    serverVersion: SERVER_RELEASE.version,
    registeredAt: row.registeredAt?.toISOString() ?? null,
    connectedSince: row.connectedSince?.toISOString() ?? null,
    deactivatedAt: row.deactivatedAt?.toISOString() ?? null,
    createdBy: row.createdById === null ? null : ((await findUserById(ctx.db, row.createdById))?.email ?? null),
    key: keyOf(row, ctx.clock.now()),
    allowPreviews: row.allowPreviews,
    allowLandedRows: row.allowLandedRows,
    connections: connections.map(({ id, name }) => ({ id: id as Id<'conn'>, name })),
    targets: targets.map(({ id, name }) => ({ id: id as Id<'targ'>, name })),
    runs: connectionIds.length === 0 ? [] : await listRunSummaries(ctx.db, { connectionIds, limit: RUNS_SHOWN }),
  };
}

async function namedBy({ db }: Pick<Context, 'db'>, row: GatewayRow): Promise<GatewayUse> {
  const own = await listGatewayUse(db, { gatewayId: row.id as Id<'gw'>, gatewayGroupId: null });
  if (row.groupId === null) return own;
  const byGroup = await listGatewayUse(db, { gatewayId: null, gatewayGroupId: row.groupId as Id<'gwg'> });
  return {
    connections: [...own.connections, ...byGroup.connections],
    targets: [...own.targets, ...byGroup.targets],
  };
}

/** The registration key that was not used yet; null: none. */
function keyOf(row: GatewayRow, now: Date): GatewayDetailDto['key'] {
  const { registrationKeyExpiresAt: expiresAt } = row;
  if (expiresAt === null || row.registrationKeyUsedAt !== null) return null;
  return { expiresAt: expiresAt.toISOString(), expired: expiresAt <= now };
}
