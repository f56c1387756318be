import type { ReactNode } from 'react';
import { FreshSignInProvider } from '#components/fresh-sign-in/fresh-sign-in-provider.tsx';
import { PauseSchedulesButton } from '#components/schedule/pause-schedules-button.tsx';
import { SchedulesBanner } from '#components/schedule/schedules-banner.tsx';
import { AppShell } from '#components/shell/app-shell.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { getInbox } from '#lib/services/notification/inbox.ts';
import { getSchedulesPause } from '#lib/services/schedule/pause-schedules.ts';
import { getContext } from '#lib/web/context.ts';
import { signInAgainAction, signInAgainWithEntraAction, signOutAction } from './actions.ts';
import { pauseSchedulesAction } from './tasks/[taskId]/schedule/actions.ts';

export default async function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  const ctx = await getContext();
  const { actor } = ctx;
  const pause = await getSchedulesPause({ ctx, input: {} });
  const { unread } = await getInbox({ ctx, input: { limit: 0 } });
  return (
    <FreshSignInProvider
      ways={actor.signInWith}
      signInAgainAction={signInAgainAction}
      signInAgainWithEntraAction={signInAgainWithEntraAction}
    >
      <AppShell unread={unread} user={{ email: actor.email, role: actor.role }} signOutAction={signOutAction}>
        <SchedulesBanner pause={pause}>
          {includesRole(actor.role, 'admin') ? <PauseSchedulesButton isPaused action={pauseSchedulesAction} /> : null}
        </SchedulesBanner>
        {children}
      </AppShell>
    </FreshSignInProvider>
  );
}
