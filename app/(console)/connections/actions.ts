'use server';

import { revalidatePath } from 'next/cache';
import { RenameConnectionInput, renameConnection } from '#lib/services/connection/rename-connection.ts';
import { defineAction } from '#lib/web/action.ts';

export const renameConnectionAction = defineAction('editor', RenameConnectionInput, async (ctx, input) => {
  await renameConnection({ ctx, input });
  revalidatePath('/connections');
  return null;
});
