'use server';

import { revalidatePath } from 'next/cache';
import { SetConnectionAccessInput, setConnectionAccess } from '#lib/services/connection/connection-access.ts';
import { DeleteConnectionInput, deleteConnection } from '#lib/services/connection/delete-connection.ts';
import { DuplicateConnectionInput, duplicateConnection } from '#lib/services/connection/duplicate-connection.ts';
import { TestConnectionInput, testConnection } from '#lib/services/connection/test-connection.ts';
import { defineAction } from '#lib/web/action.ts';

export const testConnectionAction = defineAction('editor', TestConnectionInput, async (ctx, input) => {
  const test = await testConnection({ ctx, input });
  revalidatePath(`/connections/${input.connectionId}`);
  return test;
});

export const deleteConnectionAction = defineAction('editor', DeleteConnectionInput, async (ctx, input) => {
  await deleteConnection({ ctx, input });
  revalidatePath('/connections');
  return null;
});

export const duplicateConnectionAction = defineAction('editor', DuplicateConnectionInput, async (ctx, input) => {
  const { id, name } = await duplicateConnection({ ctx, input });
  revalidatePath('/connections');
  return { id, name };
});

export const setConnectionAccessAction = defineAction('editor', SetConnectionAccessInput, async (ctx, input) => {
  const access = await setConnectionAccess({ ctx, input });
  revalidatePath(`/connections/${input.connectionId}`);
  return access;
});
