import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { listGatewayOptions } from '#lib/services/gateway/list-gateways.ts';
import { getTarget } from '#lib/services/target/get-target.ts';
import { listTargetKinds } from '#lib/services/target/list-target-kinds.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { updateTargetAction } from '../../actions.ts';
import { EditTarget } from '../_components/edit-target.tsx';

export const metadata: Metadata = { title: 'Edit target' };

export default async function EditTargetPage({ params }: { readonly params: Promise<{ targetId: string }> }) {
  const { targetId } = await params;
  const ctx = await getContext();
  const target = await orNotFound(getTarget({ ctx, input: { targetId } }));
  const kind = (await listTargetKinds({ ctx, input: {} })).find((one) => one.kind === target.kind);
  if (target.builtIn || kind === undefined || !includesRole(ctx.actor.role, 'editor')) notFound();
  return (
    <>
      <PageHeader
        title={`Edit ${target.name}`}
        breadcrumbs={[
          { label: 'Targets', href: '/targets' },
          { label: target.name, href: `/targets/${target.id}` },
        ]}
        description={
          target.tasks.length === 0
            ? kind.title
            : 'The next runs of its tasks use these settings. Data that was landed before stays where it is.'
        }
      />
      <EditTarget
        target={target}
        kind={kind}
        gateways={await listGatewayOptions({ ctx, input: {} })}
        action={updateTargetAction}
      />
    </>
  );
}
