import type { Metadata } from 'next';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Card, CardContent, CardHeader, CardTitle } from '#components/ui/layout/card.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import type { OwnAccountDto } from '#lib/domain/account/user.ts';
import { getOwnAccount } from '#lib/services/user/get-own-account.ts';
import { getContext } from '#lib/web/context.ts';
import { EndSessionButton } from './_components/end-session-button.tsx';
import { EndSessionsButton } from './_components/end-sessions-button.tsx';
import { PasswordForm } from './_components/password-form.tsx';

export const metadata: Metadata = { title: 'Password and sessions' };

export default async function AccountPage() {
  const ctx = await getContext();
  const account = await getOwnAccount({ ctx, input: {} });
  return (
    <>
      <PageHeader
        title="Password and sessions"
        description={account.email}
        breadcrumbs={[{ label: 'Settings', href: '/settings' }]}
      />
      <div className="grid max-w-2xl gap-4">
        <Card>
          <CardHeader>
            <CardTitle>Password</CardTitle>
          </CardHeader>
          <CardContent>
            {account.signInWith.includes('password') ? (
              <PasswordForm email={account.email} />
            ) : (
              <p className="text-muted-foreground">You sign in with Microsoft, so your password is not stored in Entrada.</p>
            )}
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>Sessions</CardTitle>
          </CardHeader>
          <CardContent className="grid gap-4">
            <Sessions sessions={account.sessions} />
            <EndSessionsButton />
          </CardContent>
        </Card>
      </div>
    </>
  );
}

function Sessions({ sessions }: Pick<OwnAccountDto, 'sessions'>) {
  return (
    <ul className="divide-y">
      {sessions.map(({ id, current, createdAt, lastSeenAt }) => (
        <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 first:pt-0 last:pb-0">
          <span>
            Signed in <TimeAgo at={createdAt} />
          </span>
          <span className="text-muted-foreground">
            last used <TimeAgo at={lastSeenAt} />
          </span>
          {current ? (
            <Badge>This browser</Badge>
          ) : (
            <EndSessionButton sessionId={id} label={`End the session of ${createdAt.slice(0, 16).replace('T', ' ')} (UTC)`} />
          )}
        </li>
      ))}
    </ul>
  );
}
