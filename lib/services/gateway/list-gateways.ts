import { z } from 'zod';
import type { GatewayOptionDto } from '#lib/domain/gateway/gateway.ts';
import type { GatewayDto } from '#lib/domain/gateway/gateway-dto.ts';
import { listGatewayGroupRows } from '#lib/store/gateway/gateway-groups.ts';
import { listGatewayRows } from '#lib/store/gateway/gateways.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { gatewayOption, groupOption, toGatewayDto, toGatewayGroupDto } from './to-gateway-dto.ts';

export const ListGatewaysInput = z.object({});
export type ListGatewaysInput = z.input<typeof ListGatewaysInput>;

/** Data gateways sorted by name. */
export async function listGateways({ ctx }: Call<ListGatewaysInput>): Promise<GatewayDto[]> {
  requireRole(ctx, 'viewer');
  const now = ctx.clock.now();
  return (await listGatewayRows(ctx.db)).map((row) => toGatewayDto(row, now));
}

/** Choices for how to reach a connection or a target: gateways sorted by name, then groups sorted by name. */
export async function listGatewayOptions({ ctx }: Call<ListGatewaysInput>): Promise<GatewayOptionDto[]> {
  const gateways = await listGateways({ ctx, input: {} });
  const now = ctx.clock.now();
  const groups = (await listGatewayGroupRows(ctx.db)).map((row) => toGatewayGroupDto(row, now));
  return [...gateways.map(gatewayOption), ...groups.map(groupOption)];
}
