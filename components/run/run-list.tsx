import Link from 'next/link';
import { formatCount, formatCounted, formatDuration } from '#lib/domain/format.ts';
import type { RunSummaryDto } from '#lib/domain/run/run.ts';
import { UPDATE_METHOD_LABEL } from '#lib/domain/task/update-method.ts';
import { elapsed } from './run-view.ts';
import { RunStateBadge } from './state-badge.tsx';
import { TimeAgo } from './time-ago.tsx';

interface RunListProps {
  readonly runs: readonly RunSummaryDto[];
  readonly showTask?: boolean;
}

/** Runs, one line each, newest first. */
export function RunList({ runs, showTask = true }: RunListProps) {
  return (
    <ul className="divide-y">
      {runs.map((run) => (
        <li key={run.id} className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-muted/40">
          <div className="w-36 shrink-0">
            <RunStateBadge state={run.state} />
          </div>
          <div className="min-w-44 flex-[2_1_0%]">
            <Link
              href={`/runs/${run.id}`}
              className="rounded-sm text-sm font-medium outline-none after:absolute after:inset-0 focus-visible:ring-2 focus-visible:ring-ring"
            >
              {showTask ? run.taskName : <TimeAgo at={run.queuedAt} />}
              <span className="sr-only">, open run</span>
            </Link>
            <p className="truncate text-xs text-muted-foreground">
              {showTask ? <TimeAgo at={run.queuedAt} /> : UPDATE_METHOD_LABEL[run.method]} · by {run.startedBy.name}
            </p>
          </div>
          <div className="min-w-36 flex-[1.2_1_0%] text-xs text-muted-foreground">
            <p className="text-sm text-foreground tabular-nums">{formatCounted(run.rowsRead, 'row')} read</p>
            <p>
              {run.datasetsFailed > 0 ? (
                <span className="font-medium text-red-700 dark:text-red-300">{formatCount(run.datasetsFailed)} failed · </span>
              ) : null}
              <span className="tabular-nums">
                {formatCount(run.datasetsDone)} of {formatCounted(run.datasetsTotal, 'dataset')}
              </span>
            </p>
          </div>
          <ChangeCounts inserted={run.inserted} updated={run.updated} deleted={run.deleted} />
          <p className="w-20 shrink-0 text-right text-xs tabular-nums text-muted-foreground">{durationOf(run)}</p>
        </li>
      ))}
    </ul>
  );
}

interface ChangeCountsProps {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** `+12 ~3 −1`: rows inserted, updated, deleted. */
export function ChangeCounts({ inserted, updated, deleted }: ChangeCountsProps) {
  return (
    <dl className="flex min-w-32 gap-3 text-xs tabular-nums">
      <Figure term="inserted" sign="+" value={inserted} className="text-emerald-700 dark:text-emerald-300" />
      <Figure term="updated" sign="~" value={updated} className="text-sky-700 dark:text-sky-300" />
      <Figure term="deleted" sign="−" value={deleted} className="text-red-700 dark:text-red-300" />
    </dl>
  );
}

interface FigureProps {
  readonly term: string;
  readonly sign: string;
  readonly value: number;
  readonly className: string;
}

function Figure({ term, sign, value, className }: FigureProps) {
  return (
    <div className={value === 0 ? 'text-muted-foreground' : className} title={`${formatCount(value)} ${term}`}>
      <dt className="sr-only">{term}</dt>
      <dd>
        <span aria-hidden>{sign}</span>
        {formatCount(value)}
      </dd>
    </div>
  );
}

function durationOf(run: RunSummaryDto): string {
  const ms = run.endedAt === null ? null : elapsed(run, 0);
  return ms === null ? '' : formatDuration(ms);
}
