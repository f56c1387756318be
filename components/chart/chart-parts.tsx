import type { ReactElement } from 'react';
import { ResponsiveContainer } from 'recharts';

/** Height of a chart, pixels. */
const CHART_HEIGHT = 150;

export const CHART_MARGIN = { top: 6, right: 12, bottom: 0, left: 0 } as const;

/** Common to all axes. */
export const AXIS_STYLE = {
  stroke: 'var(--border)',
  tick: { fill: 'var(--muted-foreground)', fontSize: 11 },
  tickLine: false,
} as const;

export const Y_AXIS_STYLE = { ...AXIS_STYLE, width: 46, allowDecimals: false, axisLine: false } as const;

interface ChartTooltipProps {
  readonly title: string;
  readonly lines: readonly { readonly color: string; readonly text: string }[];
}

/** The values under the pointer. */
export function ChartTooltip({ title, lines }: ChartTooltipProps) {
  return (
    <div className="rounded-md border bg-popover px-2.5 py-1.5 text-xs text-popover-foreground shadow-md">
      <p className="text-muted-foreground">{title}</p>
      {lines.map(({ color, text }) => (
        <p key={text} className="flex items-center gap-1.5 tabular-nums">
          <svg aria-hidden width="8" height="8">
            <rect width="8" height="8" rx="2" fill={color} />
          </svg>
          {text}
        </p>
      ))}
    </div>
  );
}

interface ChartFigureProps {
  readonly title: string;
  /** The figure in a word or two, beside the title. */
  readonly summary: string;
  /** A chart of recharts. */
  readonly chart: ReactElement;
  readonly legend?: ReactElement | null;
}

/** A chart with its title. Its values are in a table beside it: screen readers do not get the drawing. Nothing moves. */
export function ChartFigure({ title, summary, chart, legend = null }: ChartFigureProps) {
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 flex flex-wrap justify-between gap-x-3 text-xs">
        <span className="font-medium">{title}</span>
        <span className="text-muted-foreground tabular-nums">{summary}</span>
      </figcaption>
      <div aria-hidden>
        <ResponsiveContainer width="100%" height={CHART_HEIGHT}>
          {chart}
        </ResponsiveContainer>
      </div>
      {legend}
    </figure>
  );
}
