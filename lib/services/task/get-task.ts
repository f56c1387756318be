import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TaskDto } from '#lib/domain/task.ts';
import type { Call } from '../context.ts';

export const GetTaskInput = z.object({ taskId: idSchema('task') });
export type GetTaskInput = z.input<typeof GetTaskInput>;

export async function getTask({ input }: Call<GetTaskInput>): Promise<TaskDto> {
  GetTaskInput.parse(input);
  throw new Error('getTask is not there yet');
}
