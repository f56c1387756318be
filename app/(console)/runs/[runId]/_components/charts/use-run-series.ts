import { useEffect, useState } from 'react';
import { useFetched } from '#components/chart/use-fetched.ts';
import { isFinal, type RunView } from '#components/run/run-view.ts';
import { advanceSeries, fromSeriesDto, type RunSeries, type RunSeriesDto, seriesTotalsOf } from '#lib/domain/run/run-series.ts';

/** The series of a run: as it was stored, gone on with by the events of the page, and as it is stored after the end. */
export function useRunSeries({ run }: RunView, nowMs: number) {
  const isOver = isFinal(run);
  const { data, hasFailed, retry } = useFetched<RunSeriesDto>(`/api/v1/runs/${run.id}/series`, isOver ? 'over' : 'live');
  const [series, setSeries] = useState<RunSeries | null>(null);
  useEffect(() => {
    if (data !== null) setSeries(fromSeriesDto(data));
  }, [data]);
  const startMs = run.startedAt === null ? null : Date.parse(run.startedAt);
  const { rows, requests, refused } = seriesTotalsOf(run.datasets.map(({ counts }) => counts));
  useEffect(() => {
    if (isOver || startMs === null) return;
    const totals = { rows, requests, refused };
    setSeries((before) => (before === null ? null : advanceSeries(before, (nowMs - startMs) / 1000, totals)));
  }, [isOver, startMs, nowMs, rows, requests, refused]);
  return { series, hasFailed, retry };
}
