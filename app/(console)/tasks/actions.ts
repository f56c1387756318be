'use server';

import { revalidatePath } from 'next/cache';
import { CreateTaskInput, UpdateTaskInput } from '#lib/domain/task/task.ts';
import { createTask } from '#lib/services/task/create-task.ts';
import { DeleteTaskInput, deleteTask } from '#lib/services/task/delete-task.ts';
import { DropLandedInput, dropLanded } from '#lib/services/task/drop-landed.ts';
import { DuplicateTaskInput, duplicateTask } from '#lib/services/task/duplicate-task.ts';
import { PauseTaskInput, pauseTask } from '#lib/services/task/pause-task.ts';
import { PlanDatasetsInput, PlanTaskInput, planDatasets, planTask } from '#lib/services/task/plan-task.ts';
import { PrepareTaskInput, prepareTask } from '#lib/services/task/prepare-task.ts';
import { updateTask } from '#lib/services/task/update-task.ts';
import { ValidateTaskInput, validateTask } from '#lib/services/task/validate-task.ts';
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

export const updateTaskAction = defineAction('editor', UpdateTaskInput, async (ctx, input) => {
  const task = await updateTask({ ctx, input });
  revalidatePath('/tasks', 'layout');
  return { taskId: task.id };
});

export const duplicateTaskAction = defineAction('editor', DuplicateTaskInput, async (ctx, input) => {
  const task = await duplicateTask({ ctx, input });
  revalidatePath('/tasks');
  return { taskId: task.id, name: task.name };
});

export const pauseTaskAction = defineAction('editor', PauseTaskInput, async (ctx, input) => {
  await pauseTask({ ctx, input });
  revalidatePath('/tasks', 'layout');
  return null;
});

export const dropLandedAction = defineAction('editor', DropLandedInput, async (ctx, input) => {
  await dropLanded({ ctx, input });
  revalidatePath('/tasks', 'layout');
  return null;
});

export const planTaskAction = defineAction('editor', PlanTaskInput, (ctx, input) => planTask({ ctx, input }));

export const planDatasetsAction = defineAction('editor', PlanDatasetsInput, (ctx, input) => planDatasets({ ctx, input }));

export const validateTaskAction = defineAction('editor', ValidateTaskInput, (ctx, input) => validateTask({ ctx, input }));

export const prepareTaskAction = defineAction('editor', PrepareTaskInput, (ctx, input) => prepareTask({ ctx, input }));
