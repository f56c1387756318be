'use server';

import { revalidatePath } from 'next/cache';
import { CreateTaskInput } from '#lib/domain/task/task.ts';
import { createTask } from '#lib/services/task/create-task.ts';
import { DeleteTaskInput, deleteTask } from '#lib/services/task/delete-task.ts';
import { PlanTaskInput, planTask } from '#lib/services/task/plan-task.ts';
import { defineAction } from '#lib/web/action.ts';

export const createTaskAction = defineAction('editor', CreateTaskInput, async (ctx, input) => {
  const task = await createTask({ ctx, input });
  revalidatePath('/tasks');
  return { taskId: task.id };
});

export const deleteTaskAction = defineAction('editor', DeleteTaskInput, async (ctx, input) => {
  await deleteTask({ ctx, input });
  revalidatePath('/tasks');
  return null;
});

export const planTaskAction = defineAction('editor', PlanTaskInput, (ctx, input) => planTask({ ctx, input }));
