import { elapsed, isFinal, type RunView, runRate, runTotals } from '#components/run/run-view.ts';
import { Progress } from '#components/ui/feedback/progress.tsx';
import { formatBytes, formatCount, formatDuration, formatRate } from '#lib/domain/format.ts';

/** Totals over all datasets of a run. */
export function RunFigures({ view, nowMs }: { readonly view: RunView; readonly nowMs: number }) {
  const { run } = view;
  const totals = runTotals(run);
  const ms = elapsed(run, nowMs);
  const figures: readonly (readonly [string, string])[] = [
    ['Datasets', `${totals.done} of ${totals.datasets}`],
    ['Rows read', formatCount(totals.rowsRead)],
    ['Inserted', formatCount(totals.inserted)],
    ['Updated', formatCount(totals.updated)],
    ['Deleted', formatCount(totals.deleted)],
    ['Unchanged', formatCount(totals.unchanged)],
    ['Rows / s', formatRate(runRate(view))],
    ['Requests', formatCount(totals.requests)],
    ['Read', formatBytes(totals.bytes)],
    ['Throttled', totals.throttledMs === 0 ? 'never' : formatDuration(totals.throttledMs)],
    ['Time', ms === null ? '–' : formatDuration(ms)],
  ];
  return (
    <section aria-label="Totals" className="mb-4 overflow-hidden rounded-lg border bg-card">
      {isFinal(run) ? null : <Progress value={totals.progress * 100} label="Progress of the run" className="rounded-none" />}
      <dl className="grid grid-cols-2 gap-px bg-border sm:grid-cols-4 xl:grid-cols-11">
        {figures.map(([term, value]) => (
          <div key={term} className="bg-card px-3 py-2.5 last:col-span-2 xl:last:col-span-1">
            <dt className="truncate text-xs text-muted-foreground">{term}</dt>
            <dd className="truncate font-medium tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
