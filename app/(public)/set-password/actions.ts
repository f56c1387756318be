'use server';

import { redirect } from 'next/navigation';
import { SetPasswordByLinkInput, setPasswordByLink } from '#lib/services/password/set-password-by-link.ts';
import { definePublicAction } from '#lib/web/action.ts';
import { signInWithPassword } from '#lib/web/sign-in.ts';

export const setPasswordByLinkAction = definePublicAction(SetPasswordByLinkInput, async (ctx, input): Promise<null> => {
  const { email } = await setPasswordByLink({ ctx, input });
  const { redirectTo } = await signInWithPassword({ email, password: input.password });
  return redirect(redirectTo);
});
