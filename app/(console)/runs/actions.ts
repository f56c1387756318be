'use server';

import { revalidatePath } from 'next/cache';
import { CancelRunInput, cancelRun } from '#lib/services/run/cancel-run.ts';
import { defineAction } from '#lib/web/action.ts';

export const cancelRunAction = defineAction('editor', CancelRunInput, async (ctx, input) => {
  const run = await cancelRun({ ctx, input });
  revalidatePath('/runs');
  return { state: run.state };
});
