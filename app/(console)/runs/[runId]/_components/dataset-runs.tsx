import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { NotRead } from '#components/run/not-read.tsx';
import { datasetProgress, datasetRate, elapsed, type RunView, timeLeft } from '#components/run/run-view.ts';
import { DatasetStateBadge } from '#components/run/state-badge.tsx';
import { ProblemAlert } from '#components/ui/problem-alert.tsx';
import { Progress } from '#components/ui/progress.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import { formatCount, formatDuration, formatRate } from '#lib/domain/format.ts';
import { isNotRead } from '#lib/domain/run/not-read.ts';
import type { DatasetRunDto, RunDto } from '#lib/domain/run/run.ts';

interface DatasetRunsProps {
  readonly view: RunView;
  readonly nowMs: number;
  /** Shown with a dataset that stopped because it would have deleted too much. */
  readonly confirmDeletes: ReactNode;
}

const COLUMNS = [
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
  '',
] as const;
const NUMERIC = 'text-right';

/** One line a dataset, with what went wrong below it. */
export function DatasetRuns({ view, nowMs, confirmDeletes }: DatasetRunsProps) {
  return (
    <section aria-label="Datasets" className="overflow-hidden rounded-lg border bg-card">
      <Table>
        <TableHeader>
          <TableRow>
            {COLUMNS.map((name, index) => (
              <TableHead key={name === '' ? 'links' : name} className={index >= 2 && name !== '' ? NUMERIC : ''}>
                {name === '' ? <span className="sr-only">Links</span> : name}
              </TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {view.run.datasets.map((dataset) => (
            <DatasetLine key={dataset.id} view={view} dataset={dataset} nowMs={nowMs} confirmDeletes={confirmDeletes} />
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

function DatasetLine({ view, dataset, nowMs, confirmDeletes }: DatasetRunsProps & { readonly dataset: DatasetRunDto }) {
  const { counts, state } = dataset;
  const rate = datasetRate(view, dataset);
  const ms = elapsed(dataset, nowMs);
  const left = timeLeft(dataset, rate);
  const words = dataset.problem !== null || dataset.notes.length > 0 || isNotRead(dataset);
  return (
    <>
      <TableRow className={words ? 'border-0' : ''}>
        <TableCell>
          <span className="block font-medium">{dataset.title}</span>
          <span className="block font-mono text-[11px] text-muted-foreground">{dataset.datasetName}</span>
        </TableCell>
        <TableCell>
          <DatasetStateBadge state={state} />
          {state === 'waiting' ? (
            <span className="mt-0.5 block text-[11px] text-muted-foreground">for another large dataset</span>
          ) : null}
          {dataset.waitingFor === null ? null : (
            <span
              role="status"
              className="mt-0.5 block max-w-64 text-[11px] whitespace-normal text-amber-800 dark:text-amber-200"
            >
              Waiting, and trying again: {dataset.waitingFor}
            </span>
          )}
          {dataset.incremental ? (
            <span
              className="mt-0.5 block text-[11px] text-muted-foreground"
              title="Only what changed since the last run was read"
            >
              incremental
            </span>
          ) : null}
        </TableCell>
        <TableCell className={`min-w-32 ${NUMERIC}`}>
          {formatCount(counts.rowsRead)}
          {counts.rowsExpected === null ? null : (
            <span className="text-muted-foreground"> of {formatCount(counts.rowsExpected)}</span>
          )}
          {state === 'reading' || state === 'publishing' ? (
            <Progress value={percentOf(dataset)} label={`Progress of ${dataset.title}`} className="mt-1.5" />
          ) : null}
        </TableCell>
        <TableCell className={NUMERIC}>{formatCount(counts.inserted)}</TableCell>
        <TableCell className={NUMERIC}>{formatCount(counts.updated)}</TableCell>
        <TableCell className={NUMERIC}>{formatCount(counts.deleted)}</TableCell>
        <TableCell className={NUMERIC}>{formatCount(counts.unchanged)}</TableCell>
        <TableCell className={NUMERIC}>{formatRate(rate)}</TableCell>
        <TableCell className={NUMERIC}>
          {formatCount(counts.requests)}
          {counts.throttledMs > 0 ? (
            <span className="block text-[11px] text-muted-foreground">waited {formatDuration(counts.throttledMs)}</span>
          ) : null}
        </TableCell>
        <TableCell className={NUMERIC}>
          {ms === null ? '–' : formatDuration(ms)}
          {left === null ? null : <span className="block text-[11px] text-muted-foreground">{formatDuration(left)} left</span>}
        </TableCell>
        <TableCell>
          <DatasetLinks run={view.run} dataset={dataset} />
        </TableCell>
      </TableRow>
      {words ? (
        <TableRow className="hover:bg-transparent">
          <TableCell colSpan={COLUMNS.length} className="pt-0">
            <DatasetWords dataset={dataset} confirmDeletes={confirmDeletes} />
          </TableCell>
        </TableRow>
      ) : null}
    </>
  );
}

function percentOf(dataset: DatasetRunDto): number | null {
  const share = datasetProgress(dataset);
  return share === null ? null : share * 100;
}

function DatasetLinks({ run, dataset }: { readonly run: RunDto; readonly dataset: DatasetRunDto }) {
  if (dataset.state !== 'done' && dataset.state !== 'partial') return null;
  return (
    <span className="flex flex-col items-end gap-1 text-xs whitespace-nowrap">
      <RunLink href={`/tasks/${run.taskId}/data/${dataset.datasetName}`}>Open landed table</RunLink>
      {run.method === 'reload-and-compare' ? (
        <RunLink href={`/runs/${run.id}/changes/${dataset.datasetName}`}>What changed</RunLink>
      ) : null}
    </span>
  );
}

function RunLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} className="inline-flex items-center gap-1 rounded-sm text-primary underline-offset-4 hover:underline">
      {children}
      <ArrowRight aria-hidden className="size-3" />
    </Link>
  );
}

function DatasetWords({ dataset, confirmDeletes }: { readonly dataset: DatasetRunDto; readonly confirmDeletes: ReactNode }) {
  return (
    <div className="space-y-2 whitespace-normal">
      {dataset.problem === null ? null : <ProblemAlert problem={dataset.problem} />}
      {dataset.problem?.code === 'delete-share-exceeded' ? confirmDeletes : null}
      <NotRead unread={dataset.unread} unproven={dataset.unproven} />
      {dataset.notes.length === 0 ? null : (
        <ul className="list-disc space-y-0.5 pl-5 text-xs text-muted-foreground">
          {dataset.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
