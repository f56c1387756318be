import type { DatasetCounts, DatasetRunState } from '#lib/domain/run/run.ts';
import type { Wait } from '#lib/domain/run/wait.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { type DatasetRunChange, type DatasetRunKey, updateDatasetRun, updateProgress } from '#lib/store/run/run-changes.ts';
import type { RunRecorder } from './run-recorder.ts';

/** Minimum time between two writes of counters, milliseconds; a change of state is written at once. */
const WRITE_EVERY_MS = 1000;

export interface ProgressWriter {
  progress(state: DatasetRunState, counts: DatasetCounts): void;
  /** What the dataset waits for, null when it continues. Each change is written, since they are rare. */
  waiting(wait: Wait | null): void;
  /** Resolves after the last write; later calls of `progress` are ignored. */
  stop(): Promise<void>;
}

/**
 * Writes the progress of a dataset run at intervals, one write after the other, and with it the series of the run when a step of it has
 * ended. Only logs a failed write: the final report has the valid values.
 */
export function createProgressWriter(
  deps: { readonly db: Db; readonly clock: Clock; readonly log: Log; readonly recorder: RunRecorder },
  key: DatasetRunKey,
): ProgressWriter {
  let shown: DatasetRunState | null = null;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let writing: Promise<void> = Promise.resolve();
  const write = (change: DatasetRunChange): void => {
    const { state, counts } = change;
    const series = counts === undefined ? null : deps.recorder.takeChanged();
    writing = writing
      .then(async () => {
        if (counts === undefined || series === null) await updateDatasetRun(deps.db, key, change);
        else await updateProgress(deps.db, key, { state, counts, series });
      })
      .catch((error: unknown) => deps.log.warn({ err: error, datasetRunId: key.id }, 'progress could not be written'));
  };
  return {
    progress(state, counts) {
      const nowMs = deps.clock.now().getTime();
      if (stopped || (state === shown && nowMs - writtenAtMs < WRITE_EVERY_MS)) return;
      shown = state;
      writtenAtMs = nowMs;
      write({ state, counts });
    },
    waiting(wait) {
      if (!stopped) write({ state: shown ?? 'reading', wait });
    },
    async stop() {
      stopped = true;
      await writing;
    },
  };
}
