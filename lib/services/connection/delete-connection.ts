import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const DeleteConnectionInput = z.object({ connectionId: idSchema('conn') });
export type DeleteConnectionInput = z.input<typeof DeleteConnectionInput>;

export async function deleteConnection({ input }: Call<DeleteConnectionInput>): Promise<{ deleted: true }> {
  DeleteConnectionInput.parse(input);
  throw new Error('deleteConnection is not there yet');
}
