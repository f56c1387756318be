import { z } from 'zod';
import type { GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';
import { listGatewayGroupRows } from '#lib/store/gateway/gateway-groups.ts';
import type { Call } from '../context.ts';
import { toGatewayGroupDto } from '../gateway/to-gateway-dto.ts';
import { requireRole } from '../require-role.ts';

export const ListGatewayGroupsInput = z.object({});
export type ListGatewayGroupsInput = z.input<typeof ListGatewayGroupsInput>;

/** Gateway groups sorted by name, with their members. */
export async function listGatewayGroups({ ctx }: Call<ListGatewayGroupsInput>): Promise<GatewayGroupDto[]> {
  requireRole(ctx, 'viewer');
  const now = ctx.clock.now();
  return (await listGatewayGroupRows(ctx.db)).map((row) => toGatewayGroupDto(row, now));
}
