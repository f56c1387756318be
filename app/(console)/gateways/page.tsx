import { Network } from 'lucide-react';
import type { Metadata } from 'next';
import { RefreshStates } from '#components/gateway/refresh-states.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { listGateways } from '#lib/services/gateway/list-gateways.ts';
import { listGatewayGroups } from '#lib/services/gateway-group/list-gateway-groups.ts';
import { getContext } from '#lib/web/context.ts';
import { CreateGatewayButton } from './_components/create-gateway-button.tsx';
import { GatewayGroups } from './_components/gateway-groups.tsx';
import { GatewayList } from './_components/gateway-list.tsx';

export const metadata: Metadata = { title: 'Data gateways' };

export default async function GatewaysPage() {
  const ctx = await getContext();
  const [gateways, groups] = [await listGateways({ ctx, input: {} }), await listGatewayGroups({ ctx, input: {} })];
  const canManage = includesRole(ctx.actor.role, 'admin');
  return (
    <>
      <PageHeader
        title="Data gateways"
        description="Processes in other networks. They reach tenants and targets that this server cannot reach."
        // At the same position with and without gateways: its dialog still shows the key after the first gateway was created.
        actions={canManage ? <CreateGatewayButton groups={groups} serverUrl={ctx.config.baseUrl} /> : null}
      />
      <RefreshStates />
      {gateways.length === 0 ? (
        <Card className="grid min-h-96 place-items-center border-dashed">
          <EmptyState
            icon={<Network aria-hidden />}
            title="No data gateway yet"
            description={
              <>
                You need a data gateway when only certain networks may reach a tenant, when a target is behind a firewall, or when
                rows and secrets must not pass this server. The gateway connects to this server by HTTPS and needs no open port.{' '}
                {canManage ? '' : 'An administrator of Entrada can create a data gateway.'}
              </>
            }
          />
        </Card>
      ) : (
        <div className="overflow-hidden rounded-lg border bg-card">
          <GatewayList gateways={gateways} groups={groups} />
        </div>
      )}
      {gateways.length === 0 && groups.length === 0 ? null : (
        <GatewayGroups groups={groups} gateways={gateways} canManage={canManage} />
      )}
    </>
  );
}
