import { z } from 'zod';
import { listGatewayRows } from '#lib/store/connection/gateways.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListGatewaysInput = z.object({});
export type ListGatewaysInput = z.input<typeof ListGatewaysInput>;

/** A gateway that was heard from within this time counts as connected, milliseconds. */
const CONNECTED_WITHIN_MS = 60_000;

/** Registered data gateways by name. */
export async function listGateways({
  ctx,
}: Call<ListGatewaysInput>): Promise<{ id: string; name: string; connected: boolean }[]> {
  requireRole(ctx, 'viewer');
  const since = ctx.clock.now().getTime() - CONNECTED_WITHIN_MS;
  const rows = await listGatewayRows(ctx.db);
  return rows.map(({ id, name, lastSeenAt }) => ({ id, name, connected: (lastSeenAt?.getTime() ?? 0) >= since }));
}
