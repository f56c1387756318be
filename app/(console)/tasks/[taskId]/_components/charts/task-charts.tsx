import Link from 'next/link';
import { ChartTable } from '#components/chart/chart-table.tsx';
import { ChartsLoading, ChartsMessage } from '#components/chart/charts-section.tsx';
import { RunsChart, type RunsChartBar } from '#components/chart/runs-chart.tsx';
import { formatTick, timeTicks } from '#components/chart/ticks.ts';
import { useFetched } from '#components/chart/use-fetched.ts';
import { formatCompact, formatCount, formatDuration, formatInstant } from '#lib/domain/format.ts';
import { RUN_STATE_LABEL } from '#lib/domain/run/run.ts';
import type { TaskRunPoint, TaskSeriesDto } from '#lib/domain/run/task-series.ts';

interface TaskChartsProps {
  readonly taskId: string;
  readonly lastRun: string;
  readonly asTable: boolean;
}

/** Runs that are shown. */
const RUNS = 60;

/** Rows, duration and changes of the last runs of a task. */
export function TaskCharts({ taskId, lastRun, asTable }: TaskChartsProps) {
  const { data, hasFailed, retry } = useFetched<TaskSeriesDto>(`/api/v1/tasks/${taskId}/series?limit=${RUNS}`, lastRun);
  if (hasFailed) return <ChartsMessage text="The figures of the runs could not be read." retry={retry} />;
  if (data === null) return <ChartsLoading />;
  if (data.runs.length === 0) return <ChartsMessage text="No run has ended yet." />;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      {asTable ? null : <Charts runs={data.runs} zone={zone} />}
      <ChartTable
        caption="The last runs, the newest first"
        columns={['Run', 'Result', 'Rows', 'Time', 'Inserted', 'Updated', 'Deleted']}
        rows={data.runs.toReversed().map((run) => ({
          key: run.runId,
          cells: [
            <Link
              key="run"
              href={`/runs/${run.runId}`}
              prefetch={false}
              className="text-primary underline-offset-4 hover:underline"
            >
              {formatInstant(Date.parse(run.queuedAt), zone)}
            </Link>,
            RUN_STATE_LABEL[run.state],
            formatCount(run.rowsRead),
            timeOf(run.seconds),
            formatCount(run.inserted),
            formatCount(run.updated),
            formatCount(run.deleted),
          ],
        }))}
        isVisible={asTable}
      />
    </>
  );
}

function timeOf(seconds: number | null): string {
  return seconds === null ? '–' : formatDuration(seconds * 1000);
}

function hasSucceeded({ state }: TaskRunPoint): boolean {
  return state === 'done' || state === 'partial';
}

function Charts({ runs, zone }: { readonly runs: readonly TaskRunPoint[]; readonly zone: string }) {
  const last = runs.at(-1);
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: zone });
  const bars = (values: (run: TaskRunPoint) => Record<string, number>): RunsChartBar[] =>
    runs.map((run) => ({
      label: day.format(Date.parse(run.queuedAt)),
      title: `${formatInstant(Date.parse(run.queuedAt), zone)}, ${RUN_STATE_LABEL[run.state]}`,
      values: values(run),
    }));
  const byResult = (value: (run: TaskRunPoint) => number) =>
    bars((run) => (hasSucceeded(run) ? { done: value(run) } : { other: value(run) }));
  const results = (label: string) => [
    { key: 'done', label, color: 'var(--chart-1)' },
    ...(runs.every(hasSucceeded)
      ? []
      : [{ key: 'other', label: 'Failed or cancelled', color: 'var(--chart-2)', isOutline: true }]),
  ];
  return (
    <div className="grid gap-6 lg:grid-cols-3">
      <RunsChart
        title="Rows read"
        summary={`last ${formatCompact(last?.rowsRead ?? 0)}`}
        parts={results('Rows')}
        bars={byResult(({ rowsRead }) => rowsRead)}
        format={formatCount}
        formatShort={formatCompact}
      />
      <RunsChart
        title="Time"
        summary={`last ${timeOf(last?.seconds ?? null)}`}
        parts={results('Time')}
        bars={byResult(({ seconds }) => seconds ?? 0)}
        format={timeOf}
        formatShort={formatTick}
        ticksOf={durationTicks}
      />
      <RunsChart
        title="Changes"
        summary={`last ${formatCompact((last?.inserted ?? 0) + (last?.updated ?? 0) + (last?.deleted ?? 0))}`}
        parts={CHANGES}
        bars={bars(({ inserted, updated, deleted }) => ({ inserted, updated, deleted }))}
        format={formatCount}
        formatShort={formatCompact}
      />
    </div>
  );
}

const CHANGES = [
  { key: 'inserted', label: 'Inserted', color: 'var(--chart-1)' },
  { key: 'updated', label: 'Updated', color: 'var(--chart-2)' },
  { key: 'deleted', label: 'Deleted', color: 'var(--chart-3)' },
];

/** Marks of seconds, of which the last is not below the longest run. */
function durationTicks(most: number): readonly number[] {
  const ticks = timeTicks(Math.max(1, most), 4);
  const step = ticks[1] ?? 1;
  return (ticks.at(-1) ?? 0) < most ? [...ticks, (ticks.at(-1) ?? 0) + step] : ticks;
}
