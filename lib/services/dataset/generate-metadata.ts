import { z } from 'zod';
import type { DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const GenerateMetadataInput = z.object({ connectionId: idSchema('conn') });
export type GenerateMetadataInput = z.input<typeof GenerateMetadataInput>;

export async function generateMetadata({ input }: Call<GenerateMetadataInput>): Promise<DatasetSummaryDto[]> {
  GenerateMetadataInput.parse(input);
  throw new Error('generateMetadata is not there yet');
}
