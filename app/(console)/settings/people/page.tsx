import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { getEntraRoles } from '#lib/services/user/entra-roles.ts';
import { listUsers } from '#lib/services/user/list-users.ts';
import { getContext } from '#lib/web/context.ts';
import { AdministratorsOnly } from '../_components/administrators-only.tsx';
import { EntraRoles } from './_components/entra-roles.tsx';
import { InviteUserButton } from './_components/invite-user-button.tsx';
import { PeopleTable } from './_components/people-table.tsx';

export const metadata: Metadata = { title: 'People' };

export default async function PeoplePage() {
  const ctx = await getContext();
  const breadcrumbs = [{ label: 'Settings', href: '/settings' }];
  if (ctx.actor.role !== 'admin') {
    return (
      <>
        <PageHeader title="People" breadcrumbs={breadcrumbs} />
        <AdministratorsOnly />
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="People"
        description="Who may sign in to Entrada, and what they may do."
        breadcrumbs={breadcrumbs}
        actions={<InviteUserButton />}
      />
      <div className="grid gap-8">
        <PeopleTable people={await listUsers({ ctx, input: {} })} ownId={ctx.actor.userId} />
        <EntraRoles rules={await getEntraRoles({ ctx, input: {} })} />
      </div>
    </>
  );
}
