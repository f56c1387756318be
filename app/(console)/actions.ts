'use server';

import { z } from 'zod';
import { defineAction } from '#lib/web/action.ts';
import { signInAgain, signInAgainWithEntra, signOutHere } from '#lib/web/sign-in.ts';

export const signOutAction = defineAction('viewer', z.null(), () => signOutHere());

export const signInAgainAction = defineAction('viewer', z.object({ password: z.string().max(256) }), async (ctx, input) => {
  await signInAgain(ctx, input.password);
  return null;
});

export const signInAgainWithEntraAction = defineAction(
  'viewer',
  z.object({ callbackUrl: z.string().max(2000) }),
  (_ctx, input): Promise<null> => signInAgainWithEntra(input.callbackUrl),
);
