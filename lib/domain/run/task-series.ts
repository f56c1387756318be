import type { RunState } from './run.ts';

/** Number of runs that a task is listed with. */
export const RECENT_RUNS = 10;

/** Sums of an ended run over its datasets, as they are stored with it. */
export interface RunTotals {
  readonly rowsRead: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly requests: number;
}

/** An ended run of a task. */
export interface TaskRunPoint extends RunTotals {
  readonly runId: string;
  readonly state: RunState;
  /** ISO 8601 UTC */
  readonly queuedAt: string;
  /** From its start to its end, seconds; null: it ended without having started. */
  readonly seconds: number | null;
}

/** The last ended runs of a task, the oldest first. */
export interface TaskSeriesDto {
  readonly taskId: string;
  readonly runs: readonly TaskRunPoint[];
}
