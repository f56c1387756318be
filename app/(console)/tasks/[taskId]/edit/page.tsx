import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { listTargets } from '#lib/services/target/list-targets.ts';
import { getTask } from '#lib/services/task/get-task.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { planDatasetsAction, updateTaskAction } from '../../actions.ts';
import { EditTaskForm } from './_components/edit-task-form.tsx';

export const metadata: Metadata = { title: 'Edit task' };

export default async function EditTaskPage({ params }: { readonly params: Promise<{ taskId: string }> }) {
  const { taskId } = await params;
  const ctx = await getContext();
  const task = await orNotFound(getTask({ ctx, input: { taskId } }));
  if (!includesRole(ctx.actor.role, 'editor')) notFound();
  const { connectionId } = task;
  const [datasets, targets] = await Promise.all([
    listDatasets({ ctx, input: { connectionId } }),
    listTargets({ ctx, input: {} }),
  ]);
  return (
    <>
      <PageHeader
        title={`Edit ${task.name}`}
        breadcrumbs={[
          { label: 'Tasks', href: '/tasks' },
          { label: task.name, href: `/tasks/${task.id}` },
        ]}
        description={`Reads from ${task.connectionName}. The next run uses these settings. Landed rows stay.`}
      />
      <EditTaskForm
        key={task.version}
        task={task}
        datasets={datasets}
        targets={targets}
        update={updateTaskAction}
        plan={planDatasetsAction}
      />
    </>
  );
}
