import { expect, it } from 'vitest';
import {
  advanceSeries,
  coarseSeries,
  EMPTY_SERIES,
  fromSeriesDto,
  type RunSeries,
  SERIES_POINTS_MAX,
  seriesTotals,
  seriesTotalsOf,
  toSeriesDto,
} from './run-series.ts';

const totals = (rows: number, requests = 0, refused = 0) => ({ rows, requests, refused });

it('a series has what each step added, and nothing for steps in which nothing came', () => {
  let series = advanceSeries(EMPTY_SERIES, 0.2, totals(100, 1));
  series = advanceSeries(series, 0.9, totals(150, 2));
  series = advanceSeries(series, 3.1, totals(250, 3, 1));
  expect(series).toEqual({
    stepSeconds: 1,
    points: [
      [150, 2, 0],
      [0, 0, 0],
      [0, 0, 0],
      [100, 1, 1],
    ],
  });
});

it('the same totals again, totals of a dataset that begins again, and a clock that went back lose and double nothing', () => {
  const series = advanceSeries(EMPTY_SERIES, 5, totals(100, 4));
  expect(advanceSeries(series, 5, totals(100, 4))).toEqual(series);
  const again = advanceSeries(series, 6, totals(20, 6));
  expect(seriesTotals(again)).toEqual(totals(100, 6));
  expect(advanceSeries(again, 1, totals(130, 6)).points.at(-1)).toEqual([30, 2, 0]);
});

it('a long run keeps at most 240 points, whose sum is what it has read', () => {
  let series: RunSeries = EMPTY_SERIES;
  for (let second = 0; second <= 6000; second += 7) series = advanceSeries(series, second, totals(second * 3, second, 0));
  expect(series.stepSeconds).toBe(32);
  expect(series.points.length).toBeLessThanOrEqual(SERIES_POINTS_MAX);
  const last = 6000 - (6000 % 7);
  expect(seriesTotals(series)).toEqual(totals(last * 3, last));
  const coarse = coarseSeries(series, 50);
  expect(coarse.points.length).toBeLessThanOrEqual(50);
  expect(seriesTotals(coarse)).toEqual(seriesTotals(series));
});

it('an hour without a report is one step of the series, not an overflow', () => {
  const series = advanceSeries(advanceSeries(EMPTY_SERIES, 1, totals(1)), 3_600, totals(2));
  expect(series.points.length).toBeLessThanOrEqual(SERIES_POINTS_MAX);
  expect(series.points.at(-1)).toEqual([1, 0, 0]);
});

it('a transferred series is the same again', () => {
  const series: RunSeries = {
    stepSeconds: 2,
    points: [
      [1, 2, 0],
      [3, 4, 1],
    ],
  };
  const dto = toSeriesDto({ runId: 'run_1', startedAt: null }, series);
  expect(dto.points[1]).toEqual({ atSeconds: 2, rows: 3, requests: 4, refused: 1 });
  expect(fromSeriesDto(dto)).toEqual(series);
  expect(
    seriesTotalsOf([
      { rowsRead: 1, requests: 2 },
      { rowsRead: 3, requests: 4, refused: 1 },
    ]),
  ).toEqual(seriesTotals(series));
});
