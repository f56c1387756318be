import { z } from 'zod';
import { type ConnectionDto, ConnectionName } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { setConnectionName } from '#lib/store/connection/connections.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { getConnection } from './get-connection.ts';
import { nameTaken } from './name-taken.ts';
import { requireConnection } from './require-connection.ts';
import { requireConnectionAccess } from './require-connection-access.ts';

export const RenameConnectionInput = z.object({ connectionId: idSchema('conn'), name: ConnectionName });
export type RenameConnectionInput = z.input<typeof RenameConnectionInput>;

/** @throws ConflictError `name-taken`. */
export async function renameConnection({ ctx, input }: Call<RenameConnectionInput>): Promise<ConnectionDto> {
  requireRole(ctx, 'editor');
  const { connectionId, name } = RenameConnectionInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  const before = await requireConnection(ctx, connectionId);
  try {
    await write(ctx, async (tx, audit) => {
      await setConnectionName(tx, connectionId, name);
      await audit({ action: 'connection.rename', subjectId: connectionId, detail: { from: before.name, to: name } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('connection', error);
    throw error;
  }
  return getConnection({ ctx, input: { connectionId } });
}
