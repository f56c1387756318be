import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatCompact, formatDuration } from '#lib/domain/format.ts';
import { AXIS, CHART_HEIGHT, ChartTip, MARGIN, Y_AXIS } from './chart-parts.tsx';
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

/** One figure over time. Its values are in a table beside it: screen readers do not get the drawing. Nothing moves. */
export function TimeChart({ title, summary, points, endSeconds, color, format }: TimeChartProps) {
  const last = points.at(-1);
  // The last step has an end, too.
  const drawn = last === undefined ? [] : [...points, { x: Math.max(endSeconds, last.x), y: last.y }];
  const marks = valueTicks(Math.max(0, ...points.map(({ y }) => y)));
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 flex flex-wrap justify-between gap-x-3 text-xs">
        <span className="font-medium">{title}</span>
        <span className="text-muted-foreground tabular-nums">{summary}</span>
      </figcaption>
      <div aria-hidden>
        <ResponsiveContainer width="100%" height={CHART_HEIGHT}>
          <AreaChart data={drawn} accessibilityLayer={false} margin={MARGIN}>
            <CartesianGrid vertical={false} stroke="var(--border)" />
            <XAxis
              {...AXIS}
              height={22}
              dataKey="x"
              type="number"
              domain={[0, endSeconds]}
              ticks={[...timeTicks(endSeconds, TICKS)]}
              tickFormatter={formatTick}
            />
            <YAxis {...Y_AXIS} tickFormatter={formatCompact} ticks={[...marks]} domain={[0, marks.at(-1) ?? 1]} />
            <Tooltip
              isAnimationActive={false}
              content={({ active, payload }) => {
                const point = payload?.[0]?.payload as { x: number; y: number } | undefined;
                if (!active || point === undefined) return null;
                return <ChartTip title={`after ${formatDuration(point.x * 1000)}`} lines={[{ color, text: format(point.y) }]} />;
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
        </ResponsiveContainer>
      </div>
    </figure>
  );
}
