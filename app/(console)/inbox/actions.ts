'use server';

import { revalidatePath } from 'next/cache';
import { MarkReadInput, markInboxRead } from '#lib/services/notification/inbox.ts';
import { defineAction } from '#lib/web/action.ts';

export const markInboxReadAction = defineAction('viewer', MarkReadInput, async (ctx, input) => {
  await markInboxRead({ ctx, input });
  revalidatePath('/', 'layout');
  return null;
});
