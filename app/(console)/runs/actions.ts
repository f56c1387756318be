'use server';

import { revalidatePath } from 'next/cache';
import { CancelRunInput, cancelRun } from '#lib/services/run/cancel-run.ts';
import { StartRunInput, startRun } from '#lib/services/run/start-run.ts';
import { defineAction } from '#lib/web/action.ts';

export const cancelRunAction = defineAction('editor', CancelRunInput, async (ctx, input) => {
  const run = await cancelRun({ ctx, input });
  revalidatePath('/runs');
  return { state: run.state };
});

export const startRunAction = defineAction('editor', StartRunInput, async (ctx, input) => {
  const run = await startRun({ ctx, input });
  revalidatePath('/runs');
  return { runId: run.id };
});
