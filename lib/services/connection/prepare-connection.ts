import { z } from 'zod';
import type { PreparationDto } from '#lib/domain/connection.ts';
import type { Call } from '../context.ts';

export const PrepareConnectionInput = z.object({
  clientId: z.string().trim().max(64).optional(),
  tenant: z.string().trim().max(255).optional(),
  graphBaseUrl: z.string().trim().max(400).optional(),
  datasetNames: z.array(z.string().max(63)).max(500).optional(),
});
export type PrepareConnectionInput = z.input<typeof PrepareConnectionInput>;

export async function prepareConnection({ input }: Call<PrepareConnectionInput>): Promise<PreparationDto> {
  PrepareConnectionInput.parse(input);
  throw new Error('prepareConnection is not there yet');
}
