import type { Metadata } from 'next';
import { GatewayStateBadge } from '#components/gateway/gateway-state-badge.tsx';
import { RefreshStates } from '#components/gateway/refresh-states.tsx';
import { RunList } from '#components/run/run-list.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { TitledCard } from '#components/ui/layout/titled-card.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { getGateway } from '#lib/services/gateway/get-gateway.ts';
import { listGatewayGroups } from '#lib/services/gateway-group/list-gateway-groups.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { GatewayActivityList } from './_components/gateway-activity-list.tsx';
import { GatewayFacts } from './_components/gateway-facts.tsx';
import { GatewayNotice } from './_components/gateway-notice.tsx';
import { GatewayUsers } from './_components/gateway-users.tsx';
import { ManageGateway } from './_components/manage-gateway.tsx';

export const metadata: Metadata = { title: 'Data gateway' };

export default async function GatewayPage({ params }: { readonly params: Promise<{ gatewayId: string }> }) {
  const { gatewayId } = await params;
  const ctx = await getContext();
  const gateway = await orNotFound(getGateway({ ctx, input: { gatewayId } }));
  const groups = await listGatewayGroups({ ctx, input: {} });
  const canManage = includesRole(ctx.actor.role, 'admin');
  return (
    <>
      <PageHeader
        title={gateway.name}
        breadcrumbs={[{ label: 'Data gateways', href: '/gateways' }]}
        description={
          <span className="flex flex-wrap items-center gap-x-3">
            <GatewayStateBadge state={gateway.state} />
            <span>{gateway.description}</span>
          </span>
        }
        actions={canManage ? <ManageGateway gateway={gateway} groups={groups} serverUrl={ctx.config.baseUrl} /> : null}
      />
      <RefreshStates />
      <GatewayNotice gateway={gateway} canManage={canManage} />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0 space-y-6">
          <GatewayFacts gateway={gateway} />
          <TitledCard title="Last runs of its connections" label="Last runs">
            {gateway.runs.length === 0 ? (
              <p className="px-4 py-3 text-sm text-muted-foreground">None yet.</p>
            ) : (
              <RunList runs={gateway.runs} />
            )}
          </TitledCard>
        </div>
        <div className="min-w-0 space-y-6">
          <GatewayActivityList activity={gateway.activity} />
          <GatewayUsers gateway={gateway} />
        </div>
      </div>
    </>
  );
}
