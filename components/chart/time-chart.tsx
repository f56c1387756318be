import { Area, AreaChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts';
import { formatCompact, formatDuration } from '#lib/domain/format.ts';
import { AXIS_STYLE, CHART_MARGIN, ChartFigure, ChartTooltip, Y_AXIS_STYLE } from './chart-parts.tsx';
import { formatTick, timeTicks, valueTicks } from './ticks.ts';

interface TimeChartProps {
  readonly title: string;
  /** The figure in a word or two, beside the title. */
  readonly summary: string;
  /** `x`: seconds after the start; `y` holds until the next point. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly endSeconds: number;
  readonly color: string;
  readonly format: (value: number) => string;
}

const TICKS = 4;

/** One figure over time. */
export function TimeChart({ title, summary, points, endSeconds, color, format }: TimeChartProps) {
  const last = points.at(-1);
  // The last step has an end, too.
  const drawn = last === undefined ? [] : [...points, { x: Math.max(endSeconds, last.x), y: last.y }];
  const ticks = valueTicks(Math.max(0, ...points.map(({ y }) => y)));
  return (
    <ChartFigure
      title={title}
      summary={summary}
      chart={
        <AreaChart data={drawn} accessibilityLayer={false} margin={CHART_MARGIN}>
          <CartesianGrid vertical={false} stroke="var(--border)" />
          <XAxis
            {...AXIS_STYLE}
            height={22}
            dataKey="x"
            type="number"
            domain={[0, endSeconds]}
            ticks={[...timeTicks(endSeconds, TICKS)]}
            tickFormatter={formatTick}
          />
          <YAxis {...Y_AXIS_STYLE} tickFormatter={formatCompact} ticks={[...ticks]} domain={[0, ticks.at(-1) ?? 1]} />
          <Tooltip
            isAnimationActive={false}
            content={({ active, payload }) => {
              const point = payload?.[0]?.payload as { x: number; y: number } | undefined;
              if (!active || point === undefined) return null;
              return (
                <ChartTooltip title={`after ${formatDuration(point.x * 1000)}`} lines={[{ color, text: format(point.y) }]} />
              );
            }}
          />
          <Area
            type="stepAfter"
            dataKey="y"
            stroke={color}
            strokeWidth={1.5}
            fill={color}
            fillOpacity={0.18}
            isAnimationActive={false}
            dot={false}
          />
        </AreaChart>
      }
    />
  );
}
