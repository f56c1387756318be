import { Bell, ChevronRight, History, KeyRound, LockKeyhole, type LucideIcon, ScrollText, Users } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ROLE_LABEL } from '#components/shell/role-label.ts';
import { Card, CardContent, CardHeader, CardTitle } from '#components/ui/layout/card.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole, type Role } from '#lib/domain/account/role.ts';
import { getContext } from '#lib/web/context.ts';

export const metadata: Metadata = { title: 'Settings' };

const MAY = {
  viewer: 'You can see connections, tasks, runs and landed data.',
  editor: 'You can create, change and run connections and tasks.',
  admin: 'You can do everything, including people and audit.',
} satisfies Record<Role, string>;

const PAGES: readonly {
  readonly href: string;
  readonly title: string;
  readonly words: string;
  readonly icon: LucideIcon;
  readonly role: Role;
}[] = [
  {
    href: '/settings/account',
    title: 'Password and sessions',
    words: 'Your password, and the browsers in which you are signed in.',
    icon: LockKeyhole,
    role: 'viewer',
  },
  {
    href: '/settings/tokens',
    title: 'API tokens',
    words: 'Tokens for scripts that call Entrada.',
    icon: KeyRound,
    role: 'viewer',
  },
  {
    href: '/settings/notifications',
    title: 'Notifications',
    words: 'Who is informed of which events: rules, channels, mail server, delivery log.',
    icon: Bell,
    role: 'editor',
  },
  { href: '/settings/people', title: 'People', words: 'Who may sign in, and what they may do.', icon: Users, role: 'admin' },
  {
    href: '/settings/retention',
    title: 'Retention',
    words: 'How long Entrada keeps the audit trail and the runs.',
    icon: History,
    role: 'admin',
  },
  { href: '/settings/audit', title: 'Audit', words: 'Who did what, to which object, and when.', icon: ScrollText, role: 'admin' },
];

export default async function SettingsPage() {
  const { actor } = await getContext();
  return (
    <>
      <PageHeader title="Settings" />
      <div className="grid max-w-2xl gap-4">
        <Card>
          <CardHeader>
            <CardTitle>Your account</CardTitle>
          </CardHeader>
          <CardContent>
            <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-y-2">
              <dt className="text-muted-foreground">E-mail</dt>
              <dd className="truncate">{actor.email}</dd>
              <dt className="text-muted-foreground">Role</dt>
              <dd>
                {ROLE_LABEL[actor.role]}
                <span className="block text-muted-foreground">{MAY[actor.role]}</span>
              </dd>
            </dl>
          </CardContent>
        </Card>
        {PAGES.filter(({ role }) => includesRole(actor.role, role)).map(({ href, title, words, icon: Icon }) => (
          <Link
            key={href}
            href={href}
            className="flex items-center gap-3 rounded-lg border bg-card px-4 py-3 hover:border-primary/60"
          >
            <Icon aria-hidden className="size-4 text-muted-foreground" />
            <span className="flex-1">
              <span className="block font-medium">{title}</span>
              <span className="text-muted-foreground">{words}</span>
            </span>
            <ChevronRight aria-hidden className="size-4 text-muted-foreground" />
          </Link>
        ))}
      </div>
    </>
  );
}
