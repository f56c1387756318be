import type { DatasetCounts } from './run.ts';

/** What happened in one step of a run: rows read, requests sent, answers 429. */
export type SeriesPoint = readonly [rows: number, requests: number, refused: number];

/** A run over time. Point `i` covers the seconds from `i * stepSeconds` after its start; a step without a point is not over yet. */
export interface RunSeries {
  readonly stepSeconds: number;
  readonly points: readonly SeriesPoint[];
}

/** Counters of a run so far, summed up over its datasets. */
export interface SeriesTotals {
  readonly rows: number;
  readonly requests: number;
  readonly refused: number;
}

/** A point for people and programs. */
export interface SeriesPointDto extends SeriesTotals {
  /** Start of the step, seconds after the start of the run. */
  readonly atSeconds: number;
}

/** The series of a run; the sum of its points is what the run has read and sent. */
export interface RunSeriesDto {
  readonly runId: string;
  /** ISO 8601 UTC; null: it has not started. */
  readonly startedAt: string | null;
  readonly stepSeconds: number;
  readonly points: readonly SeriesPointDto[];
}

/** Maximum number of points; with more, neighbours are merged. */
export const SERIES_POINTS_MAX = 240;

export const EMPTY_SERIES: RunSeries = { stepSeconds: 1, points: [] };

/**
 * The series with what was added since its last point, in the step at `elapsedSeconds` after the start of the run. Totals below its sum add
 * nothing: a dataset that begins again counts from its checkpoint. Pure; the same totals again change nothing but the time.
 */
export function advanceSeries(series: RunSeries, elapsedSeconds: number, totals: SeriesTotals): RunSeries {
  const seconds = Math.max(0, elapsedSeconds);
  let { stepSeconds, points } = series;
  while (Math.floor(seconds / stepSeconds) >= SERIES_POINTS_MAX) {
    points = mergeNeighbours(points);
    stepSeconds *= 2;
  }
  const sum = seriesTotals({ stepSeconds, points });
  // A clock that went back adds to the last step.
  const index = Math.max(Math.floor(seconds / stepSeconds), points.length - 1);
  const filled = [...points];
  while (filled.length <= index) filled.push([0, 0, 0]);
  const [rows, requests, refused] = filled[index] ?? [0, 0, 0];
  filled[index] = [
    rows + Math.max(0, totals.rows - sum.rows),
    requests + Math.max(0, totals.requests - sum.requests),
    refused + Math.max(0, totals.refused - sum.refused),
  ];
  return { stepSeconds, points: filled };
}

/** The same series with at most `pointsMax` points (at least 1), for a table. */
export function coarseSeries(series: RunSeries, pointsMax: number): RunSeries {
  let { stepSeconds, points } = series;
  while (points.length > Math.max(1, pointsMax)) {
    points = mergeNeighbours(points);
    stepSeconds *= 2;
  }
  return { stepSeconds, points };
}

/** The sum of all points. */
export function seriesTotals({ points }: RunSeries): SeriesTotals {
  const sum = (index: 0 | 1 | 2) => points.reduce((total, point) => total + point[index], 0);
  return { rows: sum(0), requests: sum(1), refused: sum(2) };
}

/** The counters of datasets, summed up. */
export function seriesTotalsOf(counts: Iterable<Pick<DatasetCounts, 'rowsRead' | 'requests' | 'refused'>>): SeriesTotals {
  let [rows, requests, refused] = [0, 0, 0];
  for (const one of counts) {
    rows += one.rowsRead;
    requests += one.requests;
    refused += one.refused ?? 0;
  }
  return { rows, requests, refused };
}

export function toSeriesDto(of: Pick<RunSeriesDto, 'runId' | 'startedAt'>, { stepSeconds, points }: RunSeries): RunSeriesDto {
  const toPoint = ([rows, requests, refused]: SeriesPoint, index: number): SeriesPointDto => {
    return { atSeconds: index * stepSeconds, rows, requests, refused };
  };
  return { runId: of.runId, startedAt: of.startedAt, stepSeconds, points: points.map(toPoint) };
}

/** The inverse of `toSeriesDto`. */
export function fromSeriesDto({ stepSeconds, points }: RunSeriesDto): RunSeries {
  return { stepSeconds, points: points.map(({ rows, requests, refused }) => [rows, requests, refused]) };
}

function mergeNeighbours(points: readonly SeriesPoint[]): readonly SeriesPoint[] {
  return Array.from({ length: Math.ceil(points.length / 2) }, (_, index): SeriesPoint => {
    const [rows, requests, refused] = points[2 * index] ?? [0, 0, 0];
    const [moreRows, moreRequests, moreRefused] = points[2 * index + 1] ?? [0, 0, 0];
    return [rows + moreRows, requests + moreRequests, refused + moreRefused];
  });
}
