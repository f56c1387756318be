'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { StartRunInput, startRun } from '#lib/services/run/start-run.ts';
import { defineAction } from '#lib/web/action.ts';
import { signInAgain, signInAgainWithEntra, signOutHere } from '#lib/web/sign-in.ts';

export const signOutAction = defineAction('viewer', z.null(), () => signOutHere());

export const signInAgainAction = defineAction('viewer', z.object({ password: z.string().max(256) }), async (ctx, input) => {
  await signInAgain(ctx, input.password);
  return null;
});

export const signInAgainWithEntraAction = defineAction('viewer', z.object({ callbackUrl: z.string().max(2000) }), (_ctx, input) =>
  signInAgainWithEntra(input.callbackUrl),
);

/** Starts a run; the pages of tasks and runs show it. */
export const startRunAction = defineAction('editor', StartRunInput, async (ctx, input) => {
  const run = await startRun({ ctx, input });
  revalidatePath('/tasks', 'layout');
  revalidatePath('/runs', 'layout');
  return { runId: run.id };
});
