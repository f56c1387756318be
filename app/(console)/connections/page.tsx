import { Cable, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { listConnections } from '#lib/services/connection/list-connections.ts';
import { getContext } from '#lib/web/context.ts';
import { ConnectionTable } from './_components/connection-table.tsx';

export const metadata: Metadata = { title: 'Connections' };

export default async function ConnectionsPage() {
  const ctx = await getContext();
  const connections = await listConnections({ ctx, input: {} });
  const canEdit = includesRole(ctx.actor.role, 'editor');
  const create = canEdit ? (
    <Button asChild>
      <Link href="/connections/new">
        <Plus aria-hidden />
        Create connection
      </Link>
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title="Connections"
        description="App registrations in your tenants through which Entrada reads."
        actions={connections.length === 0 ? null : create}
      />
      {connections.length === 0 ? (
        <Card className="grid min-h-96 place-items-center border-dashed">
          <EmptyState
            icon={<Cable aria-hidden />}
            title="No connection yet"
            description={
              canEdit
                ? 'Connect a Microsoft Entra ID tenant to see its users, groups, apps and roles as tables. To try Entrada without an Azure account, use the demo tenant; it takes two minutes.'
                : 'An editor or an administrator of Entrada can create a connection.'
            }
            action={create}
          />
        </Card>
      ) : (
        <ConnectionTable connections={connections} canEdit={canEdit} />
      )}
    </>
  );
}
