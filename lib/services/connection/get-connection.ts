import { z } from 'zod';
import type { ConnectionDto } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { toConnectionDto } from '#lib/store/connection/connections.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireConnection } from './require-connection.ts';
import { requireConnectionAccess, usedOnlyConnections } from './require-connection-access.ts';

export const GetConnectionInput = z.object({ connectionId: idSchema('conn') });
export type GetConnectionInput = z.input<typeof GetConnectionInput>;

export async function getConnection({ ctx, input }: Call<GetConnectionInput>): Promise<ConnectionDto> {
  requireRole(ctx, 'viewer');
  const { connectionId } = GetConnectionInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  const row = await requireConnection(ctx, connectionId);
  const access = (await usedOnlyConnections(ctx)).has(connectionId) ? 'use' : 'edit';
  return toConnectionDto(row, access, ctx.clock.now());
}
