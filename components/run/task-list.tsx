import { Database, FolderTree } from 'lucide-react';
import Link from 'next/link';
import { UpcomingTime } from '#components/schedule/upcoming-time.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { ScheduleSummaryDto } from '#lib/domain/schedule/schedule.ts';
import type { TaskSummaryDto } from '#lib/domain/task/task.ts';
import { METHOD_WRITES, NAMESPACE_LABEL, UPDATE_METHOD_LABEL, type UpdateMethod } from '#lib/domain/task/update-method.ts';
import type { StartRunAction } from './reload-button.tsx';
import { ReloadButton } from './reload-button.tsx';
import { RunStateBadge } from './state-badge.tsx';
import { TimeAgo } from './time-ago.tsx';

interface TaskListProps {
  readonly tasks: readonly TaskSummaryDto[];
  readonly showConnection?: boolean;
  /** Absent: lines have no Reload now. */
  readonly reloadAction?: StartRunAction;
}

/** Tasks, one line each: name, connection, target, method, and last run. */
export function TaskList({ tasks, showConnection = true, reloadAction }: TaskListProps) {
  return (
    <ul className="divide-y">
      {tasks.map((task) => (
        <li key={task.id} className="relative flex flex-wrap items-center gap-x-6 gap-y-1.5 px-4 py-2.5 hover:bg-muted/40">
          <div className="min-w-44 flex-[2_1_0%]">
            <Link
              href={`/tasks/${task.id}`}
              className="rounded-sm text-sm font-medium outline-none after:absolute after:inset-0 focus-visible:ring-2 focus-visible:ring-ring"
            >
              {task.name}
            </Link>
            {task.pausedAt === null ? null : (
              <span className="ml-2 rounded bg-muted px-1.5 text-xs text-muted-foreground">Paused</span>
            )}
            <p className="truncate text-xs text-muted-foreground">
              {showConnection ? `${task.connectionName} · ` : ''}
              <span title={task.datasetNames.join(', ')}>{datasetsInWords(task.datasetNames)}</span>
            </p>
          </div>
          <div className="min-w-40 flex-[1.4_1_0%]">
            <p className="text-sm">{UPDATE_METHOD_LABEL[task.method]}</p>
            <Namespace method={task.method} name={task.namespace} target={task.targetName} />
          </div>
          <div className="min-w-36 flex-1">
            {task.lastRun === null ? (
              <p className="text-xs text-muted-foreground">Never run</p>
            ) : (
              <>
                <RunStateBadge state={task.lastRun.state} />
                <p className="text-xs text-muted-foreground">
                  <TimeAgo at={task.lastRun.queuedAt} />
                </p>
              </>
            )}
            {task.schedule === null ? null : <NextRun schedule={task.schedule} isPaused={task.pausedAt !== null} />}
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

/** Next planned time of the task. */
function NextRun({ schedule, isPaused }: { readonly schedule: ScheduleSummaryDto; readonly isPaused: boolean }) {
  const { sentence, enabled, nextAt } = schedule;
  return (
    <p className="text-xs text-muted-foreground" title={sentence}>
      {!enabled || isPaused ? (
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

function datasetsInWords(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${formatCounted(names.length - 2, 'more', 'more')}`;
}
