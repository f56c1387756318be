import { z } from 'zod';
import type { DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { setSelected } from '#lib/store/datasets.ts';
import { requireConnection } from '../connection/require-connection.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { listDatasets } from './list-datasets.ts';

export const SelectDatasetsInput = z.object({
  connectionId: idSchema('conn'),
  datasetIds: z.array(idSchema('ds')).min(1).max(500),
  selected: z.boolean(),
});
export type SelectDatasetsInput = z.input<typeof SelectDatasetsInput>;

/** Chooses datasets, or takes them out of the choice. All of them must be of this connection. */
export async function selectDatasets({ ctx, input }: Call<SelectDatasetsInput>): Promise<DatasetSummaryDto[]> {
  requireRole(ctx, 'editor');
  const { connectionId, datasetIds, selected } = SelectDatasetsInput.parse(input);
  await requireConnection(ctx, connectionId);
  const ids = [...new Set(datasetIds)];
  await write(ctx, async (tx, audit) => {
    if ((await setSelected(tx, connectionId, ids, selected)) !== ids.length) throw new NotFoundError('dataset');
    await audit({ action: 'dataset.select', subjectId: connectionId, detail: { datasetIds: ids, selected } });
  });
  return listDatasets({ ctx, input: { connectionId } });
}
