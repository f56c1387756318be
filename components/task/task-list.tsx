import { Database, FolderTree } from 'lucide-react';
import Link from 'next/link';
import type { StartRunAction } from '#components/run/reload-button.tsx';
import { ReloadButton } from '#components/run/reload-button.tsx';
import { RunStateBadge } from '#components/run/state-badge.tsx';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { UpcomingTime } from '#components/schedule/upcoming-time.tsx';
import type { ScheduleSummaryDto } from '#lib/domain/schedule/schedule.ts';
import { METHOD_WRITES, NAMESPACE_LABEL, UPDATE_METHOD_LABEL, type UpdateMethod } from '#lib/domain/task/update-method.ts';
import { nextRunOf, type TaskListItem } from './task-list-items.ts';
import { TaskTrend } from './task-trend.tsx';

interface TaskListProps {
  readonly tasks: readonly TaskListItem[];
  readonly showConnection?: boolean;
  /** Absent: lines have no Reload now. */
  readonly reloadAction?: StartRunAction;
}

/** Tasks, one line each: name, connection, target, method, last result, next run, and the trend of the last runs. */
export function TaskList({ tasks, showConnection = true, reloadAction }: TaskListProps) {
  return (
    <ul className="divide-y">
      {tasks.map((task) => (
        <li key={task.id} className="relative flex flex-wrap items-center gap-x-6 gap-y-1.5 px-4 py-2.5 hover:bg-muted/40">
          <div className="min-w-44 flex-[2_1_0%]">
            <Link
              href={`/tasks/${task.id}`}
              prefetch={false}
              className="rounded-sm text-sm font-medium break-words outline-none after:absolute after:inset-0 focus-visible:ring-2 focus-visible:ring-ring"
            >
              {task.name}
            </Link>
            {task.isPaused ? <span className="ml-2 rounded bg-muted px-1.5 text-xs text-muted-foreground">Paused</span> : null}
            <p className="truncate text-xs text-muted-foreground">
              {showConnection ? `${task.connectionName} · ` : ''}
              {task.datasets}
            </p>
          </div>
          <div className="min-w-40 flex-[1.4_1_0%]">
            <p className="text-sm">{UPDATE_METHOD_LABEL[task.method]}</p>
            <Namespace method={task.method} name={task.namespace} target={task.targetName} />
          </div>
          <div className="min-w-36 flex-1">
            <LastResult task={task} />
            {task.schedule === null ? null : <NextRun task={task} schedule={task.schedule} />}
          </div>
          <div className="min-w-40">
            <TaskTrend runs={task.runs} />
          </div>
          {reloadAction === undefined ? null : (
            <div className="relative z-10 ml-auto">
              <ReloadButton taskId={task.id} taskName={task.name} action={reloadAction} variant="outline" />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The state of the last run, which leads to it. */
function LastResult({ task: { lastRun, name } }: { readonly task: TaskListItem }) {
  if (lastRun === null) return <p className="text-xs text-muted-foreground">Never run</p>;
  return (
    <Link
      href={`/runs/${lastRun.id}`}
      prefetch={false}
      className="relative z-10 block w-fit rounded-sm outline-none hover:underline focus-visible:ring-2 focus-visible:ring-ring"
    >
      <RunStateBadge state={lastRun.state} />
      <span className="sr-only">, last run of {name}, </span>
      <span className="block text-xs text-muted-foreground">
        <TimeAgo at={lastRun.queuedAt} />
      </span>
    </Link>
  );
}

/** Next planned time of the task. */
function NextRun({ task, schedule }: { readonly task: TaskListItem; readonly schedule: ScheduleSummaryDto }) {
  const { sentence, enabled } = schedule;
  const nextAt = nextRunOf(task);
  return (
    <p className="text-xs text-muted-foreground" title={sentence}>
      {!enabled || task.isPaused ? (
        'Schedule off'
      ) : nextAt === null ? (
        sentence
      ) : (
        <>
          Next <UpcomingTime at={nextAt} />
        </>
      )}
    </p>
  );
}

const ICON = { tables: Database, files: FolderTree } as const;

/** The schema or folder of a task. */
function Namespace({ method, name, target }: { readonly method: UpdateMethod; readonly name: string; readonly target: string }) {
  const writes = METHOD_WRITES[method];
  const Icon = ICON[writes];
  return (
    <p
      className="flex min-w-0 items-center gap-1.5 text-xs text-muted-foreground"
      title={`${target}, ${NAMESPACE_LABEL[writes].toLowerCase()} ${name}`}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate font-mono">{name}</span>
    </p>
  );
}
