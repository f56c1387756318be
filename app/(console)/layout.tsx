import type { ReactNode } from 'react';
import { FreshSignInProvider } from '#components/fresh-sign-in/fresh-sign-in-provider.tsx';
import { AppShell } from '#components/shell/app-shell.tsx';
import { getContext } from '#lib/web/context.ts';
import { signInAgainAction, signInAgainWithEntraAction, signOutAction } from './actions.ts';

export default async function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  const { actor } = await getContext();
  return (
    <FreshSignInProvider
      ways={actor.signInWith}
      signInAgainAction={signInAgainAction}
      signInAgainWithEntraAction={signInAgainWithEntraAction}
    >
      <AppShell user={{ email: actor.email, role: actor.role }} signOutAction={signOutAction}>
        {children}
      </AppShell>
    </FreshSignInProvider>
  );
}
