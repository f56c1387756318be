import { ListPlus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { PauseSchedulesButton } from '#components/schedule/pause-schedules-button.tsx';
import { readChoice } from '#components/task/task-choice.ts';
import { toTaskListItem } from '#components/task/task-list-items.ts';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { getSchedulesPause } from '#lib/services/schedule/pause-schedules.ts';
import { listTasks } from '#lib/services/task/list-tasks.ts';
import { getContext } from '#lib/web/context.ts';
import { startRunAction } from '../actions.ts';
import { TaskBrowser } from './_components/task-browser.tsx';
import { pauseSchedulesAction } from './[taskId]/schedule/actions.ts';

export const metadata: Metadata = { title: 'Tasks' };

interface TasksPageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;
}

export default async function TasksPage({ searchParams }: TasksPageProps) {
  const ctx = await getContext();
  const [tasks, pause] = await Promise.all([listTasks({ ctx, input: {} }), getSchedulesPause({ ctx, input: {} })]);
  const canEdit = includesRole(ctx.actor.role, 'editor');
  const newTask = canEdit ? (
    <Button asChild size="sm">
      <Link href="/tasks/new">
        <ListPlus aria-hidden />
        New task
      </Link>
    </Button>
  ) : undefined;

  return (
    <>
      <PageHeader
        title="Tasks"
        description="Datasets of a connection, landed in a database or a data lake."
        actions={
          <>
            {pause === null && includesRole(ctx.actor.role, 'admin') && tasks.some(({ schedule }) => schedule !== null) ? (
              <PauseSchedulesButton isPaused={false} action={pauseSchedulesAction} />
            ) : null}
            {newTask}
          </>
        }
      />
      {tasks.length === 0 ? (
        <EmptyState
          title="No task yet"
          description="A task loads chosen datasets of one connection into one target. Make one, then reload whenever you like."
          action={newTask}
        />
      ) : (
        <TaskBrowser
          tasks={tasks.map(toTaskListItem)}
          choice={readChoice(await searchParams)}
          {...(canEdit ? { reloadAction: startRunAction } : {})}
        />
      )}
    </>
  );
}
