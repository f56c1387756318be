import type { Metadata } from 'next';
import Link from 'next/link';
import { z } from 'zod';
import { Button } from '#components/ui/button.tsx';
import { checkSetupToken } from '#lib/services/setup/check-setup-token.ts';
import { composition } from '#lib/web/composition.ts';
import { SetupForm } from './_components/setup-form.tsx';

export const metadata: Metadata = { title: 'Set up', referrer: 'no-referrer' };

const Search = z.object({ token: z.string().max(200).catch('') });

export default async function SetupPage({ searchParams }: { readonly searchParams: Promise<Record<string, unknown>> }) {
  const { token } = Search.parse(await searchParams);
  const state = await checkSetupToken({ ctx: composition().services, input: { token } });
  return (
    <div className="rounded-xl border bg-card p-6">{state === 'open' ? <Welcome token={token} /> : <Closed state={state} />}</div>
  );
}

function Welcome({ token }: { readonly token: string }) {
  return (
    <>
      <h1 className="text-lg font-semibold">Create the first account</h1>
      <p className="mt-1 mb-4 text-muted-foreground">This account is an administrator. It is stored only on this server.</p>
      <SetupForm token={token} />
    </>
  );
}

function Closed({ state }: { readonly state: 'refused' | 'done' }) {
  if (state === 'done') {
    return (
      <>
        <h1 className="text-lg font-semibold">Entrada is already set up</h1>
        <p className="mt-1 mb-4 text-muted-foreground">Sign in, or ask an administrator of Entrada for an account.</p>
        <Button asChild size="lg" className="w-full">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </>
    );
  }
  return (
    <>
      <h1 className="text-lg font-semibold">This set-up link is not valid</h1>
      <p className="mt-1 text-muted-foreground">
        A link works only once, within 24 hours, and a newer link replaces it. Start Entrada again to get a new link.
      </p>
    </>
  );
}
