import type { Metadata } from 'next';
import { EntraDialog } from '#app/(console)/connections/new/entra/_components/entra-dialog.tsx';
import { NoRoleDialog } from '#app/(console)/connections/new/entra/_components/no-role-dialog.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { listClouds } from '#lib/services/cloud/list-clouds.ts';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import { listGatewayOptions } from '#lib/services/gateway/list-gateways.ts';
import { prepareConnection } from '#lib/services/preparation/prepare-connection.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';

export const metadata: Metadata = { title: 'Edit connection' };

export default async function EditConnectionPage({ params }: { readonly params: Promise<{ connectionId: string }> }) {
  const { connectionId } = await params;
  const ctx = await getContext();
  if (!includesRole(ctx.actor.role, 'editor')) return <NoRoleDialog />;
  const connection = await orNotFound(getConnection({ ctx, input: { connectionId } }));
  if (connection.access !== 'edit') return <NoRoleDialog connection={connection} />;
  const { clientId, tenant, graphBaseUrl, signIn } = connection;
  const [gateways, clouds, preparation] = await Promise.all([
    listGatewayOptions({ ctx, input: {} }),
    listClouds({ ctx, input: {} }),
    prepareConnection({ ctx, input: { clientId, tenant, graphBaseUrl, signIn } }),
  ]);
  return <EntraDialog gateways={gateways} clouds={clouds} demo={null} preparation={preparation} existing={connection} />;
}
