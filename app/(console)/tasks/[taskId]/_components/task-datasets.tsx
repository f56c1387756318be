import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { ReloadButton, type StartRunAction } from '#components/run/reload-button.tsx';
import { DatasetStateBadge } from '#components/run/state-badge.tsx';
import { formatCount } from '#lib/domain/format.ts';
import { isNotRead, notReadSummary } from '#lib/domain/run/not-read.ts';
import type { DatasetRunDto, RunDto } from '#lib/domain/run/run.ts';
import type { TaskDto } from '#lib/domain/task/task.ts';

interface TaskDatasetsProps {
  readonly task: TaskDto;
  readonly lastRun: RunDto | null;
  /** Absent for people who may not reload. */
  readonly reloadAction?: StartRunAction;
}

/** Datasets of a task with the result of their last run, and links to their landed rows. */
export function TaskDatasets({ task, lastRun, reloadAction }: TaskDatasetsProps) {
  const failed = task.datasets.filter((dataset) => dataset.failed).length;
  const runs = new Map(lastRun?.datasets.map((run) => [run.datasetId, run]));
  return (
    <section aria-label="Datasets" className="overflow-hidden rounded-lg border bg-card">
      <h2 className="flex min-h-11 items-center gap-2 border-b px-4 text-sm font-semibold">
        Datasets
        <span className="text-xs font-normal tabular-nums text-muted-foreground">{formatCount(task.datasets.length)}</span>
        {failed === 0 || reloadAction === undefined ? null : (
          <span className="ml-auto">
            <ReloadButton
              taskId={task.id}
              taskName={task.name}
              action={reloadAction}
              label={`Reload ${formatCount(failed)} failed`}
              variant="outline"
              failedOnly
            />
          </span>
        )}
      </h2>
      <ul className="divide-y">
        {task.datasets.map((dataset) => (
          <li key={dataset.id}>
            <Link
              href={`/tasks/${task.id}/data/${dataset.name}`}
              className="flex items-center gap-2 px-4 py-2 outline-none hover:bg-muted/60 focus-visible:ring-2 focus-visible:ring-inset focus-visible:ring-ring"
            >
              <span className="min-w-0 flex-1">
                <span className="block truncate text-sm font-medium">{dataset.title}</span>
                <span className="block truncate font-mono text-[11px] text-muted-foreground">{dataset.name}</span>
                <LastRun run={runs.get(dataset.id)} />
              </span>
              <span className="text-xs text-muted-foreground">Landed rows</span>
              <ArrowRight aria-hidden className="size-3.5 text-muted-foreground" />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a reader of the landed rows needs to know; nothing after a run without problems. */
function LastRun({ run }: { readonly run: DatasetRunDto | undefined }) {
  if (run === undefined || run.state === 'done') return null;
  return (
    <span className="mt-0.5 block">
      <DatasetStateBadge state={run.state} />
      {isNotRead(run) ? <span className="block text-xs text-muted-foreground">{notReadSummary(run)}</span> : null}
    </span>
  );
}
