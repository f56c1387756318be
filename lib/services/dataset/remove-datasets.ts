import { z } from 'zod';
import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { editMetadata } from '../metadata/edit-metadata.ts';
import { requireRole } from '../require-role.ts';
import { listDatasets } from './list-datasets.ts';

export const RemoveDatasetsInput = z.object({
  connectionId: idSchema('conn'),
  datasetIds: z.array(idSchema('ds')).min(1).max(2000),
});
export type RemoveDatasetsInput = z.input<typeof RemoveDatasetsInput>;

/**
 * Removes datasets from a connection. Later generations do not add them; they become offers, and Undo restores them unchanged.
 * @throws NotFoundError; ConflictError `dataset-used` that names the tasks.
 */
export async function removeDatasets({ ctx, input }: Call<RemoveDatasetsInput>): Promise<DatasetSummaryDto[]> {
  requireRole(ctx, 'editor');
  const { connectionId, datasetIds } = RemoveDatasetsInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await requireConnection(ctx, connectionId);
  const ids = new Set<string>(datasetIds);
  await editMetadata(ctx, connectionId, {
    label: ids.size === 1 ? 'Remove a dataset' : `Remove ${ids.size} datasets`,
    action: 'dataset.remove',
    subjectId: connectionId,
    detail: { datasetIds: [...ids] },
    run: (rows) => {
      const found = rows.filter(({ id, removed }) => ids.has(id) && !removed);
      if (found.length !== ids.size) throw new NotFoundError('dataset');
      return { changed: found.map((row) => ({ row, to: { removed: true, selected: false } })) };
    },
  });
  return listDatasets({ ctx, input: { connectionId } });
}
