import { z } from 'zod';
import type { DatasetDto } from '#lib/domain/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const GetDatasetInput = z.object({ datasetId: idSchema('ds') });
export type GetDatasetInput = z.input<typeof GetDatasetInput>;

export async function getDataset({ input }: Call<GetDatasetInput>): Promise<DatasetDto> {
  GetDatasetInput.parse(input);
  throw new Error('getDataset is not there yet');
}
