import type { ReactNode } from 'react';
import { AppShell } from '#components/shell/app-shell.tsx';
import { getContext } from '#lib/web/context.ts';
import { signOutAction } from './actions.ts';

export default async function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  const { actor } = await getContext();
  return (
    <AppShell user={{ email: actor.email, role: actor.role }} signOutAction={signOutAction}>
      {children}
    </AppShell>
  );
}
