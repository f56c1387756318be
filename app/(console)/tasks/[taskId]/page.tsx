import type { Metadata } from 'next';
import { ReloadButton } from '#components/run/reload-button.tsx';
import { RunList } from '#components/run/run-list.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { formatCount } from '#lib/domain/format.ts';
import type { TaskDto } from '#lib/domain/task/task.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { listRuns } from '#lib/services/run/list-runs.ts';
import { getSchedule } from '#lib/services/schedule/get-schedule.ts';
import { getTask } from '#lib/services/task/get-task.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { startRunAction } from '../../actions.ts';
import { TaskPlan } from '../_components/task-plan.tsx';
import {
  deleteTaskAction,
  dropLandedAction,
  duplicateTaskAction,
  pauseTaskAction,
  planTaskAction,
  prepareTaskAction,
  validateTaskAction,
} from '../actions.ts';
import { TaskChartsSection } from './_components/charts/task-charts-section.tsx';
import { DeleteTaskButton } from './_components/delete-task-button.tsx';
import { ReloadChosen } from './_components/reload-chosen.tsx';
import { TaskActions } from './_components/task-actions.tsx';
import { TaskChecks } from './_components/task-checks.tsx';
import { TaskDatasets } from './_components/task-datasets.tsx';
import { TaskDefinition } from './_components/task-definition.tsx';
import { TaskSchedule } from './_components/task-schedule.tsx';
import { TaskStateNotes } from './_components/task-state-notes.tsx';
import { staysMessage } from './edit/_components/edit-consequences.ts';

const RUNS_MAX = 20;

export const metadata: Metadata = { title: 'Task' };

/** Whether its next reload may read only changes. */
function readsChanges({ target, lastRun }: TaskDto): boolean {
  return target.method === 'reload-and-compare' && target.settings.incremental && lastRun !== null;
}

export default async function TaskPage({ params }: { readonly params: Promise<{ taskId: string }> }) {
  const { taskId } = await params;
  const ctx = await getContext();
  const [task, runs, schedule] = await orNotFound(
    Promise.all([
      getTask({ ctx, input: { taskId } }),
      listRuns({ ctx, input: { taskId, limit: RUNS_MAX } }),
      getSchedule({ ctx, input: { taskId } }),
    ]),
  );
  const lastRun = task.lastRun === null ? null : await getRun({ ctx, input: { runId: task.lastRun.id } });
  const canEdit = includesRole(ctx.actor.role, 'editor');
  const reload = canEdit ? <ReloadButton taskId={task.id} taskName={task.name} action={startRunAction} /> : undefined;

  return (
    <>
      <PageHeader
        title={task.name}
        breadcrumbs={[{ label: 'Tasks', href: '/tasks' }]}
        actions={
          canEdit ? (
            <>
              <DeleteTaskButton task={{ id: task.id, name: task.name }} stays={staysMessage(task)} action={deleteTaskAction} />
              <TaskActions
                task={{ id: task.id, name: task.name, isPaused: task.pausedAt !== null }}
                duplicate={duplicateTaskAction}
                pause={pauseTaskAction}
              />
              <ReloadChosen task={task} action={startRunAction} />
              {readsChanges(task) ? (
                <ReloadButton
                  taskId={task.id}
                  taskName={task.name}
                  action={startRunAction}
                  label="Reload everything"
                  variant="outline"
                  full
                />
              ) : null}
              {reload}
            </>
          ) : undefined
        }
      />
      <TaskStateNotes task={task} {...(canEdit ? { drop: dropLandedAction } : {})} />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_21rem]">
        <div className="min-w-0 space-y-6">
          {canEdit ? (
            <TaskChecks taskId={task.id} validate={validateTaskAction} prepare={prepareTaskAction} plan={planTaskAction} />
          ) : null}
          {canEdit ? <TaskPlan taskId={task.id} action={planTaskAction} /> : null}
          {lastRun === null ? null : <TaskChartsSection taskId={task.id} lastRun={`${lastRun.id} ${lastRun.state}`} />}
          <section aria-label="Run history" className="min-w-0 overflow-hidden rounded-lg border bg-card">
            <h2 className="flex min-h-11 items-center gap-2 border-b px-4 text-sm font-semibold">
              Runs
              <span className="text-xs font-normal tabular-nums text-muted-foreground">
                {runs.length === RUNS_MAX ? `last ${RUNS_MAX}` : formatCount(runs.length)}
              </span>
            </h2>
            {runs.length === 0 ? (
              <EmptyState
                title="Never run"
                description="Reload now reads every dataset of this task and lands it."
                action={reload}
              />
            ) : (
              <RunList runs={runs} showTask={false} />
            )}
          </section>
        </div>
        <div className="min-w-0 space-y-6">
          <TaskSchedule taskId={task.id} schedule={schedule} canEdit={canEdit} />
          <TaskDefinition task={task} />
          <TaskDatasets task={task} lastRun={lastRun} {...(canEdit ? { reloadAction: startRunAction } : {})} />
        </div>
      </div>
    </>
  );
}
