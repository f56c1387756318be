import type { RunSeries } from '#lib/domain/run/run-series.ts';

/** A step of a run. */
export interface RatePoint {
  /** Start of the step, seconds after the start of the run. */
  readonly atSeconds: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Answers 429. */
  readonly refused: number;
}

/** A last step that is shorter counts as this long, seconds: a rate over less says nothing. */
const STEP_MIN = 0.5;

/**
 * The rates of each step. @param endSeconds when the run ended, after its start: its last step was shorter; null: it goes on, and its last
 * step is left out unless it is the only one.
 */
export function ratesOf({ stepSeconds, points }: RunSeries, endSeconds: number | null): readonly RatePoint[] {
  const over = endSeconds === null && points.length > 1 ? points.slice(0, -1) : points;
  return over.map(([rows, requests, refused], index) => {
    const atSeconds = index * stepSeconds;
    const isLast = index === points.length - 1;
    const rest = isLast && endSeconds !== null ? endSeconds - atSeconds : stepSeconds;
    const seconds = Math.min(stepSeconds, Math.max(STEP_MIN, rest));
    return { atSeconds, rows, rowsPerSecond: rows / seconds, requests, requestsPerSecond: requests / seconds, refused };
  });
}
