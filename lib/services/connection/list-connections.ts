import { z } from 'zod';
import type { ConnectionSummaryDto } from '#lib/domain/connection/connection.ts';
import { listConnectionRows, toConnectionSummaryDto } from '#lib/store/connection/connections.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { closedConnections, usedOnlyConnections } from './require-connection-access.ts';

export const ListConnectionsInput = z.object({});
export type ListConnectionsInput = z.input<typeof ListConnectionsInput>;

/** All connections that are open to who asks, by name. */
export async function listConnections({ ctx }: Call<ListConnectionsInput>): Promise<ConnectionSummaryDto[]> {
  requireRole(ctx, 'viewer');
  const closed = new Set(await closedConnections(ctx));
  const open = (await listConnectionRows(ctx.db)).filter(({ id }) => !closed.has(id));
  const usedOnly = await usedOnlyConnections(ctx);
  return open.map((row) => toConnectionSummaryDto(row, usedOnly.has(row.id) ? 'use' : 'edit', ctx.clock.now()));
}
