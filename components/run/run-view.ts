import type { DatasetCounts, DatasetRunDto, DatasetRunState, RunDto } from '#lib/domain/run/run.ts';
import { FINAL_RUN_STATES } from '#lib/domain/run/run.ts';

interface Sample {
  readonly atMs: number;
  readonly rowsRead: number;
}

/** State of the run page. */
export interface RunView {
  readonly run: RunDto;
  /** Rows read over the last seconds, by dataset run id, for the current rate. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

/** `whole`: the run with all of its datasets; `change`: with those that changed. */
export interface RunViewEvent {
  readonly type: 'whole' | 'change';
  readonly run: RunDto;
  readonly atMs: number;
}

/** Time span of the displayed rate, milliseconds. A shorter span is unsteady, a longer one outdated. */
export const RATE_WINDOW_MS = 8_000;

const FINAL_DATASET_STATES: ReadonlySet<DatasetRunState> = new Set(['done', 'partial', 'failed', 'incomplete', 'cancelled']);

/** State of a run as the server rendered it. */
export function initialRunView(run: RunDto): RunView {
  return { run, samples: {} };
}

/** Next state. A final run accepts no more events; an event of another run is ignored. */
export function reduceRunView(view: RunView, event: RunViewEvent): RunView {
  if (isFinal(view.run) || event.run.id !== view.run.id) return view;
  const run = event.type === 'whole' ? event.run : withChanges(view.run, event.run);
  return { run, samples: addSamples(view.samples, run, event.atMs) };
}

/** Unchanged datasets stay the same objects, so that they are not rendered again. */
function withChanges(run: RunDto, change: RunDto): RunDto {
  const changed = new Map(change.datasets.map((dataset) => [dataset.id, dataset]));
  return { ...change, datasets: run.datasets.map((dataset) => changed.get(dataset.id) ?? dataset) };
}

/** Whether the run has ended. */
export function isFinal(run: { readonly state: RunDto['state'] }): boolean {
  return FINAL_RUN_STATES.has(run.state);
}

export function isDatasetFinal(state: DatasetRunState): boolean {
  return FINAL_DATASET_STATES.has(state);
}

function addSamples(samples: RunView['samples'], run: RunDto, atMs: number): RunView['samples'] {
  const next: Record<string, readonly Sample[]> = {};
  for (const dataset of run.datasets) {
    if (dataset.state !== 'reading') continue;
    const before = samples[dataset.id] ?? [];
    const sample = { atMs, rowsRead: dataset.counts.rowsRead };
    // A restarted attempt counts from its checkpoint: older samples would make the rate negative.
    const kept = before.filter((old) => atMs - old.atMs <= RATE_WINDOW_MS && old.rowsRead <= sample.rowsRead);
    next[dataset.id] = [...kept, sample];
  }
  return next;
}

/**
 * Rows per second: over the last seconds while reading, over the whole duration after the end. Null without
 * measurements.
 */
export function datasetRate(view: RunView, dataset: DatasetRunDto): number | null {
  if (isDatasetFinal(dataset.state)) {
    const elapsedMs = elapsed(dataset, 0);
    return elapsedMs === null || elapsedMs <= 0 || dataset.counts.rowsRead === 0
      ? null
      : (dataset.counts.rowsRead * 1000) / elapsedMs;
  }
  if (dataset.state !== 'reading') return null;
  const samples = view.samples[dataset.id] ?? [];
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < 400) return null;
  return ((last.rowsRead - first.rowsRead) * 1000) / (last.atMs - first.atMs);
}

/** Duration so far or in total, milliseconds; null before the start. */
export function elapsed(
  part: { readonly startedAt: string | null; readonly endedAt: string | null },
  nowMs: number,
): number | null {
  if (part.startedAt === null) return null;
  const end = part.endedAt === null ? nowMs : Date.parse(part.endedAt);
  return Math.max(0, end - Date.parse(part.startedAt));
}

/** Fraction of the expected rows that were read (0..1); null where Graph has no count. */
export function datasetProgress(dataset: DatasetRunDto): number | null {
  if (dataset.state === 'done' || dataset.state === 'partial') return 1;
  const { rowsRead, rowsExpected, parents } = dataset.counts;
  if (parents !== undefined) return parents.expected === null ? null : Math.min(1, parents.read / Math.max(1, parents.expected));
  if (rowsExpected === null) return null;
  if (rowsExpected === 0) return dataset.state === 'publishing' ? 1 : 0;
  return Math.min(1, rowsRead / rowsExpected);
}

/** Number of parents after which their duration gives an estimate. */
const PARENTS_MEASURED = 5;

/**
 * Remaining time of reading, milliseconds: at the current rate, or for a relationship at the average rate, since a quota limits
 * requests for parents. Null where unknown.
 */
export function timeLeft(dataset: DatasetRunDto, rowsPerSecond: number | null, elapsedMs: number | null): number | null {
  const { rowsRead, rowsExpected, parents } = dataset.counts;
  if (parents !== undefined) {
    if (dataset.state !== 'reading' || parents.expected === null || parents.read < PARENTS_MEASURED || elapsedMs === null)
      return null;
    return (Math.max(0, parents.expected - parents.read) * elapsedMs) / parents.read;
  }
  if (dataset.state !== 'reading' || rowsExpected === null || rowsPerSecond === null || rowsPerSecond <= 0) return null;
  return Math.max(0, rowsExpected - rowsRead) * (1000 / rowsPerSecond);
}

/** Totals of the page header. */
export interface RunTotals extends Omit<DatasetCounts, 'rowsExpected'> {
  /** Sum over the datasets with a count; null where none has one. */
  readonly rowsExpected: number | null;
  readonly datasets: number;
  readonly done: number;
  readonly failed: number;
  readonly active: number;
  /** 0..1 over all datasets, weighted by rows where known. */
  readonly progress: number;
}

/** Sums up the datasets of a run. */
export function runTotals(run: RunDto): RunTotals {
  const sum = (pick: (counts: DatasetCounts) => number) =>
    run.datasets.reduce((total, dataset) => total + pick(dataset.counts), 0);
  const known = run.datasets.filter((dataset) => dataset.counts.rowsExpected !== null);
  const ended = run.datasets.filter((dataset) => isDatasetFinal(dataset.state));
  const shares = run.datasets.reduce(
    (total, dataset) => total + (isDatasetFinal(dataset.state) ? 1 : (datasetProgress(dataset) ?? 0)),
    0,
  );
  return {
    rowsRead: sum((counts) => counts.rowsRead),
    rowsExpected: known.length === 0 ? null : known.reduce((total, dataset) => total + (dataset.counts.rowsExpected ?? 0), 0),
    inserted: sum((counts) => counts.inserted),
    updated: sum((counts) => counts.updated),
    deleted: sum((counts) => counts.deleted),
    unchanged: sum((counts) => counts.unchanged),
    requests: sum((counts) => counts.requests),
    throttledMs: sum((counts) => counts.throttledMs),
    bytes: sum((counts) => counts.bytes),
    datasets: run.datasets.length,
    done: run.datasets.filter((dataset) => dataset.state === 'done' || dataset.state === 'partial').length,
    failed: run.datasets.filter((dataset) => dataset.state === 'failed' || dataset.state === 'incomplete').length,
    active: run.datasets.length - ended.length,
    progress: run.datasets.length === 0 ? 0 : shares / run.datasets.length,
  };
}

/** Current rows per second of the whole run, or the average after its end. */
export function runRate(view: RunView): number | null {
  const { run } = view;
  if (isFinal(run)) {
    const ms = elapsed(run, 0);
    const { rowsRead } = runTotals(run);
    return ms === null || ms <= 0 || rowsRead === 0 ? null : (rowsRead * 1000) / ms;
  }
  const rates = run.datasets
    .filter((dataset) => dataset.state === 'reading')
    .map((dataset) => datasetRate(view, dataset))
    .filter((rate) => rate !== null);
  return rates.length === 0 ? null : rates.reduce((total, rate) => total + rate, 0);
}
