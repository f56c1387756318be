import type { Metadata } from 'next';
import { includesRole } from '#lib/domain/account/role.ts';
import { listClouds } from '#lib/services/cloud/list-clouds.ts';
import { getDemoConnection } from '#lib/services/connection/get-demo-connection.ts';
import { listGatewayOptions } from '#lib/services/gateway/list-gateways.ts';
import { prepareConnection } from '#lib/services/preparation/prepare-connection.ts';
import { getContext } from '#lib/web/context.ts';
import { EntraDialog } from './_components/entra-dialog.tsx';
import { NoRoleDialog } from './_components/no-role-dialog.tsx';

export const metadata: Metadata = { title: 'Connect Microsoft Entra ID' };

export default async function EntraConnectionPage() {
  const ctx = await getContext();
  if (!includesRole(ctx.actor.role, 'editor')) return <NoRoleDialog />;
  const [gateways, clouds, demo, preparation] = await Promise.all([
    listGatewayOptions({ ctx, input: {} }),
    listClouds({ ctx, input: {} }),
    getDemoConnection({ ctx, input: {} }),
    prepareConnection({ ctx, input: {} }),
  ]);
  return <EntraDialog gateways={gateways} clouds={clouds} demo={demo} preparation={preparation} existing={null} />;
}
