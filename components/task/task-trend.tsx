import { formatCompact, formatDuration } from '#lib/domain/format.ts';
import { type TrendRun, trendText } from './task-list-items.ts';

const [BAR, GAP, HEIGHT] = [5, 2, 16];
/** Number of runs that the figure has room for, so that the figures of all tasks align. */
const RUNS = 10;

/** Rows and duration of the last runs of a task: a bar for each run, the newest at the right. */
export function TaskTrend({ runs }: { readonly runs: readonly TrendRun[] }) {
  const last = runs.at(-1);
  if (last === undefined) return null;
  return (
    <div>
      <span className="sr-only">{trendText(runs)}</span>
      <div aria-hidden className="grid w-fit grid-cols-[auto_auto] items-center gap-x-2 gap-y-0.5 text-xs tabular-nums">
        <Bars values={runs.map(({ rows, succeeded }) => ({ value: rows, succeeded }))} />
        <span className="text-muted-foreground">{formatCompact(last.rows)} rows</span>
        <Bars values={runs.map(({ seconds, succeeded }) => ({ value: seconds ?? 0, succeeded }))} />
        <span className="text-muted-foreground">{last.seconds === null ? '–' : formatDuration(last.seconds * 1000)}</span>
      </div>
    </div>
  );
}

interface Bar {
  readonly value: number;
  readonly succeeded: boolean;
}

/** Full bars are runs that succeeded, outlined ones the others. */
function Bars({ values }: { readonly values: readonly Bar[] }) {
  const most = Math.max(...values.map(({ value }) => value), 1e-9);
  const width = RUNS * (BAR + GAP) - GAP;
  const offset = RUNS - values.length;
  return (
    <svg aria-hidden width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} className="text-chart-1">
      {values.map(({ value, succeeded }, index) => {
        const height = Math.max(1.5, (value / most) * (HEIGHT - 1));
        const place = { x: (index + offset) * (BAR + GAP), y: HEIGHT - height, width: BAR, height };
        return succeeded ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          <rect key={index} {...place} fill="currentColor" />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          <rect key={index} {...inset(place)} fill="none" className="stroke-destructive" strokeWidth={1} />
        );
      })}
    </svg>
  );
}

/** An outline lies on the edge of its bar: half a pixel inside, it is as wide as the others. */
function inset({ x, y, width, height }: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>) {
  return { x: x + 0.5, y: y + 0.5, width: width - 1, height: Math.max(0.5, height - 1) };
}
