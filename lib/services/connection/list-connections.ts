import { z } from 'zod';
import type { ConnectionSummaryDto } from '#lib/domain/connection/connection.ts';
import { listConnectionRows, toConnectionSummaryDto } from '#lib/store/connection/connections.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListConnectionsInput = z.object({});
export type ListConnectionsInput = z.input<typeof ListConnectionsInput>;

/** All connections, sorted by name. */
export async function listConnections({ ctx }: Call<ListConnectionsInput>): Promise<ConnectionSummaryDto[]> {
  requireRole(ctx, 'viewer');
  return (await listConnectionRows(ctx.db)).map((row) => toConnectionSummaryDto(row, ctx.clock.now()));
}
