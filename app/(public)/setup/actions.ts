'use server';

import { redirect } from 'next/navigation';
import { CreateFirstUserInput, createFirstUser } from '#lib/services/setup/create-first-user.ts';
import { definePublicAction } from '#lib/web/action.ts';
import { signInWithPassword } from '#lib/web/sign-in.ts';

export const createFirstUserAction = definePublicAction(CreateFirstUserInput, async (ctx, input): Promise<null> => {
  await createFirstUser({ ctx, input });
  const { redirectTo } = await signInWithPassword({ email: input.email, password: input.password });
  return redirect(redirectTo);
});
