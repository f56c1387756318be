import type { Metadata } from 'next';
import { z } from 'zod';
import { checkPasswordLink } from '#lib/services/password/check-password-link.ts';
import { composition } from '#lib/web/composition.ts';
import { SetPasswordForm } from './_components/set-password-form.tsx';

export const metadata: Metadata = { title: 'Set your password', referrer: 'no-referrer' };

const Search = z.object({ token: z.string().max(200).catch('') });

export default async function SetPasswordPage({ searchParams }: { readonly searchParams: Promise<Record<string, unknown>> }) {
  const { token } = Search.parse(await searchParams);
  const link = await checkPasswordLink({ ctx: composition().services, input: { token } });
  return (
    <div className="rounded-xl border bg-card p-6">
      {link === null ? (
        <>
          <h1 className="text-lg font-semibold">This link is not valid</h1>
          <p className="mt-1 text-muted-foreground">
            A link works only once and for a limited time, and a newer link replaces it. Ask an administrator of Entrada for a new
            link.
          </p>
        </>
      ) : (
        <>
          <h1 className="text-lg font-semibold">{link.purpose === 'invitation' ? 'Welcome to Entrada' : 'Set a new password'}</h1>
          <p className="mt-1 mb-4 break-words text-muted-foreground">
            {link.purpose === 'invitation' ? 'Set the password of ' : 'For '}
            {link.email}.
          </p>
          <SetPasswordForm token={token} email={link.email} />
        </>
      )}
    </div>
  );
}
