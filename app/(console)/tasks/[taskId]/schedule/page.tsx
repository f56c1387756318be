import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { getSchedule } from '#lib/services/schedule/get-schedule.ts';
import { getTask } from '#lib/services/task/get-task.ts';
import { listTasks } from '#lib/services/task/list-tasks.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { ScheduleForm } from './_components/schedule-form.tsx';
import { deleteScheduleAction, previewScheduleAction, saveScheduleAction } from './actions.ts';

export const metadata: Metadata = { title: 'Schedule' };

export default async function SchedulePage({ params }: { readonly params: Promise<{ taskId: string }> }) {
  const { taskId } = await params;
  const ctx = await getContext();
  const task = await orNotFound(getTask({ ctx, input: { taskId } }));
  if (!includesRole(ctx.actor.role, 'editor')) notFound();
  const [schedule, tasks] = await Promise.all([getSchedule({ ctx, input: { taskId } }), listTasks({ ctx, input: {} })]);
  return (
    <>
      <PageHeader
        title={`Schedule of ${task.name}`}
        breadcrumbs={[
          { label: 'Tasks', href: '/tasks' },
          { label: task.name, href: `/tasks/${task.id}` },
        ]}
        description="When the task starts automatically. Entrada skips and records a planned time if the previous run has not ended."
      />
      <ScheduleForm
        key={schedule?.version ?? 'new'}
        taskId={task.id}
        schedule={schedule}
        otherTasks={tasks.filter(({ id }) => id !== taskId).map(({ id, name }) => ({ id, name }))}
        timeZones={Intl.supportedValuesOf('timeZone')}
        save={saveScheduleAction}
        remove={deleteScheduleAction}
        preview={previewScheduleAction}
      />
    </>
  );
}
