import { z } from 'zod';
import type { RowsDto } from '#lib/domain/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const SampleDatasetInput = z.object({ datasetId: idSchema('ds'), rows: z.number().int().min(1).max(200).default(25) });
export type SampleDatasetInput = z.input<typeof SampleDatasetInput>;

export async function sampleDataset({ input }: Call<SampleDatasetInput>): Promise<RowsDto> {
  SampleDatasetInput.parse(input);
  throw new Error('sampleDataset is not there yet');
}
