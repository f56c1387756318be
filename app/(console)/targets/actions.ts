'use server';

import { revalidatePath } from 'next/cache';
import { CreateTargetInput, createTarget } from '#lib/services/target/create-target.ts';
import { DeleteTargetInput, deleteTarget } from '#lib/services/target/delete-target.ts';
import { TestNewTargetInput, TestTargetInput, testNewTarget, testTarget } from '#lib/services/target/test-target.ts';
import { UpdateTargetInput, updateTarget } from '#lib/services/target/update-target.ts';
import { defineAction } from '#lib/web/action.ts';

export const createTargetAction = defineAction('editor', CreateTargetInput, async (ctx, input) => {
  const { id } = await createTarget({ ctx, input });
  revalidatePath('/targets');
  return { targetId: id };
});

export const updateTargetAction = defineAction('editor', UpdateTargetInput, async (ctx, input) => {
  const { id } = await updateTarget({ ctx, input });
  revalidatePath('/targets', 'layout');
  return { targetId: id };
});

export const testTargetAction = defineAction('editor', TestTargetInput, async (ctx, input) => {
  const test = await testTarget({ ctx, input });
  revalidatePath('/targets', 'layout');
  return test;
});

export const testNewTargetAction = defineAction('editor', TestNewTargetInput, (ctx, input) => testNewTarget({ ctx, input }));

export const deleteTargetAction = defineAction('editor', DeleteTargetInput, async (ctx, input) => {
  await deleteTarget({ ctx, input });
  revalidatePath('/targets');
  return null;
});
