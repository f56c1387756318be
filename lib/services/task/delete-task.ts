import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const DeleteTaskInput = z.object({ taskId: idSchema('task') });
export type DeleteTaskInput = z.input<typeof DeleteTaskInput>;

export async function deleteTask({ input }: Call<DeleteTaskInput>): Promise<{ deleted: true }> {
  DeleteTaskInput.parse(input);
  throw new Error('deleteTask is not there yet');
}
