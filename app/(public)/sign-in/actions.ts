'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { definePublicAction } from '#lib/web/action.ts';
import { signInWithEntra, signInWithPassword } from '#lib/web/sign-in.ts';

const CallbackUrl = z.string().max(2000).optional();

export const signInAction = definePublicAction(
  z.object({ email: z.string().max(254), password: z.string().max(256), callbackUrl: CallbackUrl }),
  async (_ctx, input): Promise<null> => redirect((await signInWithPassword(input)).redirectTo),
);

export const signInWithEntraAction = definePublicAction(
  z.object({ callbackUrl: CallbackUrl }),
  (_ctx, input): Promise<null> => signInWithEntra(input.callbackUrl),
);
