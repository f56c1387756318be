import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { entraSignInProblem } from '#lib/domain/account/entra-refusal.ts';
import { safeCallbackPath } from '#lib/domain/connection/callback-path.ts';
import { getOptionalContext } from '#lib/web/context.ts';
import { signInOptions } from '#lib/web/sign-in.ts';
import { EntraSignIn } from './_components/entra-sign-in.tsx';
import { SignInForm } from './_components/sign-in-form.tsx';

export const metadata: Metadata = { title: 'Sign in' };

const Search = z.object({
  callbackUrl: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});

export default async function SignInPage({ searchParams }: { readonly searchParams: Promise<Record<string, unknown>> }) {
  const { callbackUrl, error } = Search.parse(await searchParams);
  const path = safeCallbackPath(callbackUrl);
  if ((await getOptionalContext()) !== null) redirect(path);
  return (
    <div className="space-y-4">
      <div className="rounded-xl border bg-card p-6">
        <h1 className="mb-4 text-lg font-semibold">Sign in</h1>
        {error === undefined ? null : <ProblemAlert problem={entraSignInProblem(error)} className="mb-4" />}
        <SignInForm callbackUrl={path} />
        {signInOptions().entra ? <EntraSignIn callbackUrl={path} /> : null}
      </div>
      <p className="text-center text-xs text-muted-foreground">An administrator of Entrada can give you an account.</p>
    </div>
  );
}
