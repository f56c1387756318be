import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts';
import { AXIS_STYLE, CHART_MARGIN, ChartFigure, ChartTooltip, Y_AXIS_STYLE } from './chart-parts.tsx';
import { valueTicks } from './ticks.ts';

/** One of the values that are stacked in the bar of a run. */
export interface RunsChartPart {
  readonly key: string;
  readonly label: string;
  readonly color: string;
  /** Drawn as an outline instead of a filled bar. */
  readonly isOutline?: boolean;
}

/** A bar: the values of its parts by their keys, and what it is called. */
export interface RunsChartBar {
  readonly label: string;
  readonly title: string;
  readonly values: Readonly<Record<string, number>>;
}

interface RunsChartProps {
  readonly title: string;
  readonly summary: string;
  readonly parts: readonly RunsChartPart[];
  /** The oldest first. */
  readonly bars: readonly RunsChartBar[];
  readonly format: (value: number) => string;
  /** Of the axis, where there is little room. */
  readonly formatShort: (value: number) => string;
  /** Marks of the axis up to the highest bar; default `valueTicks`. */
  readonly ticksOf?: (most: number) => readonly number[];
}

/** A figure of the last runs, a bar for each. */
export function RunsChart({ title, summary, parts, bars, format, formatShort, ticksOf = valueTicks }: RunsChartProps) {
  const data = bars.map(({ values, ...bar }, index) => ({ ...values, bar, index }));
  const ticks = ticksOf(Math.max(0, ...bars.map(({ values }) => Object.values(values).reduce((sum, value) => sum + value, 0))));
  return (
    <ChartFigure
      title={title}
      summary={summary}
      legend={parts.length === 1 ? null : <Legend parts={parts} />}
      chart={
        <BarChart data={data} accessibilityLayer={false} margin={CHART_MARGIN} barCategoryGap="15%">
          <CartesianGrid vertical={false} stroke="var(--border)" />
          <XAxis
            {...AXIS_STYLE}
            height={22}
            dataKey="index"
            tickFormatter={(index: number) => bars[index]?.label ?? ''}
            interval="equidistantPreserveStart"
            minTickGap={16}
          />
          <YAxis {...Y_AXIS_STYLE} tickFormatter={formatShort} ticks={[...ticks]} domain={[0, ticks.at(-1) ?? 1]} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--muted)' }}
            content={({ active, payload }) => {
              const bar = bars[(payload?.[0]?.payload as { index: number } | undefined)?.index ?? -1];
              if (!active || bar === undefined) return null;
              const lines = parts
                .filter(({ key }) => parts.length === 1 || (bar.values[key] ?? 0) > 0)
                .map(({ key, label, color }) => ({ color, text: `${label}: ${format(bar.values[key] ?? 0)}` }));
              return <ChartTooltip title={bar.title} lines={lines} />;
            }}
          />
          {parts.map(({ key, color, isOutline = false }) => (
            <Bar
              key={key}
              dataKey={key}
              stackId="run"
              fill={isOutline ? 'transparent' : color}
              stroke={isOutline ? color : 'var(--card)'}
              strokeWidth={isOutline ? 1.5 : 0.5}
              maxBarSize={28}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      }
    />
  );
}

function Legend({ parts }: Pick<RunsChartProps, 'parts'>) {
  return (
    <ul className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-muted-foreground">
      {parts.map(({ key, label, color, isOutline = false }) => (
        <li key={key} className="flex items-center gap-1.5">
          <svg aria-hidden width="10" height="10">
            <rect x="1" y="1" width="8" height="8" rx="1" fill={isOutline ? 'none' : color} stroke={color} strokeWidth="1.5" />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
