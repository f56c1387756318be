import { type DatasetCounts, NO_COUNTS } from '#lib/domain/run/run.ts';
import { advanceSeries, type RunSeries, seriesTotalsOf } from '#lib/domain/run/run-series.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { RunRow } from '#lib/store/run/runs.ts';

type Counted = Pick<DatasetCounts, 'rowsRead' | 'requests' | 'refused'>;

/** Records the series of a run from what its datasets report, wherever they are read. Writes nothing itself. */
export interface RunRecorder {
  /** Takes in the counters of a dataset; returns them with what earlier attempts counted and a stage does not keep. */
  report(datasetRunId: string, counts: DatasetCounts): DatasetCounts;
  /** The series, when a step has ended since the last call; else null: then there is nothing to write. */
  takeChanged(): RunSeries | null;
  /** The series as of now. */
  current(): RunSeries;
}

/** @param series what an earlier worker of the run has written. */
export function createRunRecorder(clock: Clock, run: Pick<RunRow, 'startedAt' | 'datasets'>, series: RunSeries): RunRecorder {
  const startMs = (run.startedAt ?? clock.now()).getTime();
  const counts = new Map<string, Counted>(run.datasets.map((row) => [row.id, { ...NO_COUNTS, ...(row.counts as object) }]));
  const refusedBefore = new Map([...counts].map(([id, { refused = 0 }]) => [id, refused]));
  let recorded = series;
  let written = series;
  const record = (): RunSeries => {
    recorded = advanceSeries(recorded, (clock.now().getTime() - startMs) / 1000, seriesTotalsOf(counts.values()));
    return recorded;
  };
  return {
    report(datasetRunId, reported) {
      const refused = (refusedBefore.get(datasetRunId) ?? 0) + (reported.refused ?? 0);
      const whole = refused === 0 ? reported : { ...reported, refused };
      counts.set(datasetRunId, whole);
      record();
      return whole;
    },
    takeChanged() {
      // The last point is a step that goes on.
      if (recorded.points.length < 2) return null;
      if (recorded.points.length === written.points.length && recorded.stepSeconds === written.stepSeconds) return null;
      written = recorded;
      return recorded;
    },
    current: record,
  };
}
