import { Pencil } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { TitledCard } from '#components/ui/layout/titled-card.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { formatCounted } from '#lib/domain/format.ts';
import { UPDATE_METHOD_LABEL } from '#lib/domain/task/update-method.ts';
import { getTarget } from '#lib/services/target/get-target.ts';
import { listTargetKinds } from '#lib/services/target/list-target-kinds.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { deleteTargetAction, testTargetAction } from '../actions.ts';
import { DeleteTargetButton } from './_components/delete-target-button.tsx';
import { RoleSql } from './_components/role-sql.tsx';
import { TargetFacts } from './_components/target-facts.tsx';
import { TestTargetPanel } from './_components/test-target-panel.tsx';

export const metadata: Metadata = { title: 'Target' };

export default async function TargetPage({ params }: { readonly params: Promise<{ targetId: string }> }) {
  const { targetId } = await params;
  const ctx = await getContext();
  const target = await orNotFound(getTarget({ ctx, input: { targetId } }));
  const kind = (await listTargetKinds({ ctx, input: {} })).find((one) => one.kind === target.kind);
  const canEdit = includesRole(ctx.actor.role, 'editor');
  return (
    <>
      <PageHeader
        title={target.name}
        breadcrumbs={[{ label: 'Targets', href: '/targets' }]}
        description={`${target.kindTitle}${target.builtIn ? ', built in' : ''}. Update methods: ${target.methods.map((method) => UPDATE_METHOD_LABEL[method]).join(' and ')}.`}
        actions={
          canEdit && !target.builtIn ? (
            <>
              <DeleteTargetButton target={{ id: target.id, name: target.name }} action={deleteTargetAction} />
              <Button asChild size="sm" variant="outline">
                <Link href={`/targets/${target.id}/edit`}>
                  <Pencil aria-hidden />
                  Edit
                </Link>
              </Button>
            </>
          ) : undefined
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_21rem]">
        <div className="min-w-0 space-y-6">
          <TargetFacts target={target} fields={kind?.fields ?? []} />
          <TestTargetPanel target={target} action={canEdit ? testTargetAction : null} />
          {canEdit && target.roleSql !== null ? <RoleSql sql={target.roleSql} /> : null}
        </div>
        <TitledCard title="Used by">
          {target.taskCount === 0 ? (
            <p className="px-4 py-3 text-sm text-muted-foreground">No task lands here yet.</p>
          ) : (
            <ul className="divide-y">
              {target.tasks.map((task) => (
                <li key={task.id} className="px-4 py-2.5 text-sm">
                  <Link
                    href={`/tasks/${task.id}`}
                    className="rounded-sm underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-2 focus-visible:ring-ring"
                  >
                    {task.name}
                  </Link>
                </li>
              ))}
              {target.taskCount > target.tasks.length ? (
                <li className="px-4 py-2.5 text-sm text-muted-foreground">
                  {formatCounted(target.taskCount - target.tasks.length, 'task')} of connections that you may not see
                </li>
              ) : null}
            </ul>
          )}
        </TitledCard>
      </div>
    </>
  );
}
