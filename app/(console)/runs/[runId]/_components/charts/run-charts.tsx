import { ChartTable } from '#components/chart/chart-table.tsx';
import { ChartsLoading, ChartsMessage } from '#components/chart/charts-section.tsx';
import { type RatePoint, ratesOf } from '#components/chart/run-rates.ts';
import { TimeChart } from '#components/chart/time-chart.tsx';
import { elapsed, isFinal, type RunView } from '#components/run/run-view.ts';
import { formatCount, formatCounted, formatDuration, formatRate } from '#lib/domain/format.ts';
import { coarseSeries } from '#lib/domain/run/run-series.ts';
import { useRunSeries } from './use-run-series.ts';

interface RunChartsProps {
  readonly view: RunView;
  readonly nowMs: number;
  readonly asTable: boolean;
}

/** Lines of the table. */
const LINES_MAX = 60;

/** Rows a second, requests a second, and 429 answers of a run over time; they grow while it goes. */
export function RunCharts({ view, nowMs, asTable }: RunChartsProps) {
  const { series, hasFailed, retry } = useRunSeries(view, nowMs);
  const isOver = isFinal(view.run);
  if (hasFailed) return <ChartsMessage text="The figures over time could not be read." retry={retry} />;
  if (series === null) return <ChartsLoading />;
  if (series.points.length === 0)
    return (
      <ChartsMessage
        text={isOver ? 'Entrada has no figures over time for this run.' : 'The figures appear when the run has started.'}
      />
    );
  const seconds = (elapsed(view.run, nowMs) ?? 0) / 1000;
  const points = ratesOf(series, isOver ? seconds : null);
  const end = Math.max(1, isOver ? seconds : points.length * series.stepSeconds);
  const lines = ratesOf(coarseSeries(series, LINES_MAX), isOver ? seconds : null);
  return (
    <>
      {asTable ? null : <Charts points={points} endSeconds={end} />}
      <ChartTable
        caption="The run over time"
        columns={['After', 'Rows', 'Rows / s', 'Requests', '429 answers']}
        rows={lines.map((line) => ({
          key: String(line.atSeconds),
          cells: [
            formatDuration(line.atSeconds * 1000),
            formatCount(line.rows),
            formatRate(line.rowsPerSecond),
            formatCount(line.requests),
            formatCount(line.refused),
          ],
        }))}
        isVisible={asTable}
      />
    </>
  );
}

function Charts({ points, endSeconds }: { readonly points: readonly RatePoint[]; readonly endSeconds: number }) {
  const refused = points.reduce((sum, point) => sum + point.refused, 0);
  const most = (of: (point: RatePoint) => number) => Math.max(0, ...points.map(of));
  const of = (y: (point: RatePoint) => number) => points.map((point) => ({ x: point.atSeconds, y: y(point) }));
  return (
    <div className="grid gap-6 lg:grid-cols-3">
      <TimeChart
        title="Rows per second"
        summary={`at most ${formatRate(most(({ rowsPerSecond }) => rowsPerSecond))}`}
        points={of(({ rowsPerSecond }) => rowsPerSecond)}
        endSeconds={endSeconds}
        color="var(--chart-1)"
        format={(value) => `${formatCount(value)} rows a second`}
      />
      <TimeChart
        title="Requests per second"
        summary={`at most ${formatRate(most(({ requestsPerSecond }) => requestsPerSecond))}`}
        points={of(({ requestsPerSecond }) => requestsPerSecond)}
        endSeconds={endSeconds}
        color="var(--chart-3)"
        format={(value) => `${value < 10 ? value.toFixed(1) : formatCount(value)} requests a second`}
      />
      <TimeChart
        title="429 answers (too many requests)"
        summary={refused === 0 ? 'none' : formatCount(refused)}
        points={of((point) => point.refused)}
        endSeconds={endSeconds}
        color="var(--chart-2)"
        format={(value) => formatCounted(value, 'answer')}
      />
    </div>
  );
}
