import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TaskSummaryDto } from '#lib/domain/task.ts';
import type { Call } from '../context.ts';

export const ListTasksInput = z.object({ connectionId: idSchema('conn').optional() });
export type ListTasksInput = z.input<typeof ListTasksInput>;

export async function listTasks({ input }: Call<ListTasksInput>): Promise<TaskSummaryDto[]> {
  ListTasksInput.parse(input);
  throw new Error('listTasks is not there yet');
}
