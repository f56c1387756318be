import type { Metadata } from 'next';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { ForbiddenError } from '#lib/platform/errors.ts';
import { listGatewayOptions } from '#lib/services/gateway/list-gateways.ts';
import { listTargetKinds } from '#lib/services/target/list-target-kinds.ts';
import { getContext } from '#lib/web/context.ts';
import { TargetForm } from '../_components/target-form.tsx';
import { createTargetAction, testNewTargetAction } from '../actions.ts';

export const metadata: Metadata = { title: 'New target' };

export default async function NewTargetPage() {
  const ctx = await getContext();
  const kinds = await listTargetKinds({ ctx, input: {} });
  return (
    <>
      <PageHeader
        title="New target"
        breadcrumbs={[{ label: 'Targets', href: '/targets' }]}
        description="Where tasks can land datasets."
      />
      {includesRole(ctx.actor.role, 'editor') ? (
        <TargetForm
          kinds={kinds}
          gateways={await listGatewayOptions({ ctx, input: {} })}
          save={createTargetAction}
          test={testNewTargetAction}
        />
      ) : (
        <ProblemAlert problem={new ForbiddenError('editor').problem} className="max-w-xl" />
      )}
    </>
  );
}
