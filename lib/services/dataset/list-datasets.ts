import { z } from 'zod';
import type { DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const ListDatasetsInput = z.object({ connectionId: idSchema('conn') });
export type ListDatasetsInput = z.input<typeof ListDatasetsInput>;

export async function listDatasets({ input }: Call<ListDatasetsInput>): Promise<DatasetSummaryDto[]> {
  ListDatasetsInput.parse(input);
  throw new Error('listDatasets is not there yet');
}
