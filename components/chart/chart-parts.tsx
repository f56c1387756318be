/** Height of a chart, pixels. */
export const CHART_HEIGHT = 150;

export const MARGIN = { top: 6, right: 12, bottom: 0, left: 0 } as const;

/** Common to all axes. */
export const AXIS = {
  stroke: 'var(--border)',
  tick: { fill: 'var(--muted-foreground)', fontSize: 11 },
  tickLine: false,
} as const;

export const Y_AXIS = { ...AXIS, width: 46, allowDecimals: false, axisLine: false } as const;

interface ChartTipProps {
  readonly title: string;
  readonly lines: readonly { readonly color: string; readonly text: string }[];
}

/** The values under the pointer. */
export function ChartTip({ title, lines }: ChartTipProps) {
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
