import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import { deleteUnusedCertificates } from '#lib/store/connection/certificates.ts';
import { deleteConnectionRow, lockConnection } from '#lib/store/connection/connections.ts';
import { listTaskRows } from '#lib/store/run/tasks.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { requireConnection } from './require-connection.ts';
import { requireConnectionAccess } from './require-connection-access.ts';

export const DeleteConnectionInput = z.object({ connectionId: idSchema('conn') });
export type DeleteConnectionInput = z.input<typeof DeleteConnectionInput>;

/**
 * Deletes a connection with its metadata, tokens and secret. Landed tables and files stay.
 * @throws ConflictError `connection-has-tasks` that names them.
 */
export async function deleteConnection({ ctx, input }: Call<DeleteConnectionInput>): Promise<{ deleted: true }> {
  requireRole(ctx, 'editor');
  const { connectionId } = DeleteConnectionInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await write(ctx, async (tx, audit) => {
    if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
    const tasks = await listTaskRows(tx, connectionId);
    if (tasks.length > 0) {
      throw new ConflictError({
        code: 'connection-has-tasks',
        title: `${tasks.length === 1 ? 'A task uses' : `${tasks.length} tasks use`} this connection: ${tasks.map((task) => task.name).join(', ')}.`,
        remedy: 'Delete these tasks first. Their landed data is kept.',
        fixer: 'you',
      });
    }
    const row = await requireConnection({ db: tx }, connectionId);
    await audit({ action: 'connection.delete', subjectId: connectionId, detail: { name: row.name } });
    await deleteConnectionRow(tx, row);
    if (row.certificateId !== null) await deleteUnusedCertificates(tx, { id: row.certificateId });
  });
  return { deleted: true };
}
