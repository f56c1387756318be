import Link from 'next/link';
import type { ReactNode } from 'react';
import { DriftLines } from '#components/run/drift-lines.tsx';
import { NotRead } from '#components/run/not-read.tsx';
import { datasetProgress, datasetRate, elapsed, type RunView, timeLeft } from '#components/run/run-view.ts';
import { DatasetStateBadge } from '#components/run/state-badge.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Progress } from '#components/ui/feedback/progress.tsx';
import { formatCount, formatCounted, formatDuration, formatRate } from '#lib/domain/format.ts';
import { isNotRead } from '#lib/domain/run/not-read.ts';
import type { DatasetRunDto, ParentCounts, RunDto } from '#lib/domain/run/run.ts';
import type { Wait } from '#lib/domain/run/wait.ts';
import { METHOD_COMPARES } from '#lib/domain/task/update-method.ts';

export const DATASET_COLUMNS = [
  'Dataset',
  'State',
  'Rows read',
  'Inserted',
  'Updated',
  'Deleted',
  'Unchanged',
  'Speed',
  'Requests',
  'Time',
] as const;

interface DatasetLineProps {
  readonly view: RunView;
  readonly dataset: DatasetRunDto;
  /** Its notes, except those that are shown for the whole run. */
  readonly notes: readonly string[];
  readonly nowMs: number;
  readonly confirmDeletes: ReactNode;
}

/** A dataset of a run: its figures, and below them its problems and notes. */
export function DatasetLine({ view, dataset, notes, nowMs, confirmDeletes }: DatasetLineProps) {
  const { counts } = dataset;
  const rate = datasetRate(view, dataset);
  const ms = elapsed(dataset, nowMs);
  const left = timeLeft(dataset, rate, ms);
  const words = dataset.problem !== null || notes.length > 0 || dataset.drift.length > 0 || isNotRead(dataset);
  return (
    <tbody className="border-b last:border-0">
      <tr className="hover:bg-muted/50">
        <td>
          <span className="block font-medium">{dataset.title}</span>
          <span className="flex flex-wrap gap-x-3 gap-y-2 text-xs">
            <span className="font-mono text-[11px] text-muted-foreground">{dataset.datasetName}</span>
            <DatasetLinks run={view.run} dataset={dataset} />
          </span>
        </td>
        <td>
          <State dataset={dataset} nowMs={nowMs} />
        </td>
        <td>
          {formatCount(counts.rowsRead)}
          {counts.rowsExpected === null ? null : (
            <span className="text-muted-foreground"> of {formatCount(counts.rowsExpected)}</span>
          )}
          {counts.parents === undefined ? null : <Small>{parentsText(counts.parents)}</Small>}
          {dataset.state === 'reading' || dataset.state === 'publishing' ? (
            <Progress value={percentOf(dataset)} label={`Progress of ${dataset.title}`} className="mt-1.5 min-w-24" />
          ) : null}
        </td>
        <td>{formatCount(counts.inserted)}</td>
        <td>{formatCount(counts.updated)}</td>
        <td>{formatCount(counts.deleted)}</td>
        <td>{formatCount(counts.unchanged)}</td>
        <td>{formatRate(rate)}</td>
        <td>
          {formatCount(counts.requests)}
          {counts.throttledMs > 0 ? <Small>waited {formatDuration(counts.throttledMs)}</Small> : null}
        </td>
        <td>
          {ms === null ? '–' : formatDuration(ms)}
          {left === null ? null : <Small>{formatDuration(left)} left</Small>}
        </td>
      </tr>
      {words ? (
        <tr>
          <td colSpan={DATASET_COLUMNS.length} className="pt-0!">
            <DatasetWords dataset={dataset} notes={notes} confirmDeletes={confirmDeletes} />
          </td>
        </tr>
      ) : null}
    </tbody>
  );
}

/** What the dataset waits for, since when, and until when where that is known. */
function WaitNote({ wait, nowMs }: { readonly wait: Wait; readonly nowMs: number }) {
  const waited = formatDuration(Math.max(0, nowMs - Date.parse(wait.since)));
  const left = wait.until === null ? null : Date.parse(wait.until) - nowMs;
  return (
    <span role="status" className="mt-0.5 block max-w-64 text-[11px] text-amber-800 dark:text-amber-200">
      Waiting for {waited}
      {left !== null && left > 0 ? `, next request in ${formatDuration(left)}` : ''}: {wait.text}
    </span>
  );
}

function State({ dataset: { state, wait, incremental }, nowMs }: { readonly dataset: DatasetRunDto; readonly nowMs: number }) {
  return (
    <>
      <DatasetStateBadge state={state} />
      {wait === null ? null : <WaitNote wait={wait} nowMs={nowMs} />}
      {incremental ? (
        <Small>
          <span title="Only the changes since the last run were read">incremental</span>
        </Small>
      ) : null}
    </>
  );
}

function Small({ children }: { readonly children: ReactNode }) {
  return <span className="mt-0.5 block text-[11px] text-muted-foreground">{children}</span>;
}

/** "of 120 of 3,003 parents": progress of a relationship, whose rows have no count. */
function parentsText({ read, expected }: ParentCounts): string {
  return expected === null
    ? `of ${formatCounted(read, 'parent')}`
    : `of ${formatCount(read)} of ${formatCounted(expected, 'parent')}`;
}

function percentOf(dataset: DatasetRunDto): number | null {
  const share = datasetProgress(dataset);
  return share === null ? null : share * 100;
}

function DatasetLinks({ run, dataset }: { readonly run: RunDto; readonly dataset: DatasetRunDto }) {
  if (dataset.state !== 'done' && dataset.state !== 'partial') return null;
  return (
    <>
      <RunLink href={`/tasks/${run.taskId}/data/${dataset.datasetName}`}>Open landed table</RunLink>
      {METHOD_COMPARES[run.method] ? (
        <RunLink href={`/runs/${run.id}/changes/${dataset.datasetName}`}>What changed</RunLink>
      ) : null}
    </>
  );
}

function RunLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} className="rounded-sm whitespace-nowrap text-primary underline-offset-4 hover:underline">
      {children}
    </Link>
  );
}

/** As wide as the visible part of the table, independent of horizontal scrolling. */
function DatasetWords({ dataset, notes, confirmDeletes }: Pick<DatasetLineProps, 'dataset' | 'notes' | 'confirmDeletes'>) {
  return (
    <div className="sticky left-2.5 w-[calc(100cqw-1.25rem)] space-y-2 pb-1 text-left break-words">
      {dataset.problem === null ? null : <ProblemAlert problem={dataset.problem} />}
      {dataset.problem?.code === 'delete-share-exceeded' ? confirmDeletes : null}
      <NotRead unread={dataset.unread} unproven={dataset.unproven} rejected={dataset.rejected} dataset={dataset.datasetName} />
      <DriftLines drift={dataset.drift} />
      {notes.length === 0 ? null : (
        <ul className="list-disc space-y-0.5 pl-5 text-xs text-muted-foreground">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
