import { z } from 'zod';
import type { DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const SelectDatasetsInput = z.object({
  connectionId: idSchema('conn'),
  datasetIds: z.array(idSchema('ds')).min(1).max(500),
  selected: z.boolean(),
});
export type SelectDatasetsInput = z.input<typeof SelectDatasetsInput>;

export async function selectDatasets({ input }: Call<SelectDatasetsInput>): Promise<DatasetSummaryDto[]> {
  SelectDatasetsInput.parse(input);
  throw new Error('selectDatasets is not there yet');
}
