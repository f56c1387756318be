import type { z } from 'zod';
import { CreateTaskInput, type TaskDto } from '#lib/domain/task.ts';
import type { Call } from '../context.ts';

export async function createTask({ input }: Call<z.input<typeof CreateTaskInput>>): Promise<TaskDto> {
  CreateTaskInput.parse(input);
  throw new Error('createTask is not there yet');
}
