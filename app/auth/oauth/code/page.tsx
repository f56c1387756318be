import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { Logo } from '#components/shell/logo.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { receiveCode } from '#lib/services/verification/receive-code.ts';
import { getContext } from '#lib/web/context.ts';
import { orProblem } from '#lib/web/page.ts';
import { CodeHandover } from './_components/code-handover.tsx';
import { DropQuery } from './_components/drop-query.tsx';
import { NotifyDialogs } from './_components/notify-dialogs.tsx';

export const metadata: Metadata = { title: 'Authentication code', referrer: 'no-referrer' };

const Parameter = z.string().optional().catch(undefined);
/** RFC 6749 section 4.1.2; `admin_consent` is from the admin consent link, which has no state. */
const Answer = z.object({
  state: Parameter,
  code: Parameter,
  error: Parameter,
  error_description: Parameter,
  admin_consent: Parameter,
});

export default async function CodePage({ searchParams }: { readonly searchParams: Promise<Record<string, unknown>> }) {
  const ctx = await getContext();
  const answer = Answer.parse(await searchParams);
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-lg space-y-6">
        <div className="flex items-center gap-2 text-base font-semibold tracking-tight">
          <Logo />
          Entrada
        </div>
        <div className="rounded-xl border bg-card p-6">
          {await content(ctx, answer)}
          <DropQuery />
        </div>
      </div>
    </main>
  );
}

async function content(ctx: Awaited<ReturnType<typeof getContext>>, answer: z.infer<typeof Answer>): Promise<ReactNode> {
  const { state, code, error, error_description: errorDescription } = answer;
  if (state === undefined && answer.admin_consent?.toLowerCase() === 'true' && error === undefined) {
    return (
      <Words title="Consent was granted">
        You can close this window. The person who sets up the connection can authenticate now.
      </Words>
    );
  }
  if (state === undefined && code === undefined && error === undefined) {
    return <Words title="This page no longer has a code">Go back to the dialog and choose Authenticate to get a new one.</Words>;
  }
  const received = await orProblem(receiveCode({ ctx, input: { state: state ?? null, code, error, errorDescription } }));
  if (received.ok) return <CodeHandover code={received.value.code} verificationId={received.value.verificationId} />;
  return (
    <div className="space-y-4">
      <h1 className="text-lg font-semibold">No authentication code</h1>
      <ProblemAlert problem={received.problem} />
      <NotifyDialogs />
      <p className="text-muted-foreground">You can close this window and go back to Entrada.</p>
    </div>
  );
}

function Words({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <>
      <h1 className="text-lg font-semibold">{title}</h1>
      <p className="mt-1 text-muted-foreground">{children}</p>
    </>
  );
}
