'use server';

import { revalidatePath } from 'next/cache';
import { SetRetentionInput, setRetention } from '#lib/services/retention/retention.ts';
import { defineAction } from '#lib/web/action.ts';

export const setRetentionAction = defineAction('admin', SetRetentionInput, async (ctx, input) => {
  const retention = await setRetention({ ctx, input });
  revalidatePath('/settings/retention');
  return retention;
});
