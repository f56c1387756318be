import { expect, it } from 'vitest';
import { NO_COUNTS } from '#lib/domain/run/run.ts';
import { EMPTY_SERIES, seriesTotals } from '#lib/domain/run/run-series.ts';
import type { DatasetRunRow } from '#lib/store/run/runs.ts';
import { createRunRecorder } from './run-recorder.ts';

const START = Date.parse('2026-03-01T09:00:00Z');

function recorder(rows: readonly { id: string; counts: object }[], series = EMPTY_SERIES) {
  let now = START;
  const datasets = rows as readonly DatasetRunRow[];
  const made = createRunRecorder({ now: () => new Date(now) }, { startedAt: new Date(START), datasets }, series);
  const at = (seconds: number) => {
    now = START + seconds * 1000;
  };
  return { ...made, at };
}

it('the datasets of a run add up to one series, which is written once for each step that has ended', () => {
  const run = recorder([
    { id: 'a', counts: NO_COUNTS },
    { id: 'b', counts: NO_COUNTS },
  ]);
  run.report('a', { ...NO_COUNTS, rowsRead: 10, requests: 1 });
  run.report('b', { ...NO_COUNTS, rowsRead: 5, requests: 1 });
  expect(run.takeChanged()).toBeNull();
  run.at(1.5);
  run.report('a', { ...NO_COUNTS, rowsRead: 30, requests: 2 });
  expect(run.takeChanged()?.points).toEqual([
    [15, 2, 0],
    [20, 1, 0],
  ]);
  run.report('b', { ...NO_COUNTS, rowsRead: 6, requests: 2 });
  expect(run.takeChanged()).toBeNull();
  expect(seriesTotals(run.current())).toEqual({ rows: 36, requests: 4, refused: 0 });
});

it('the next worker of a run goes on with its series, and 429s of the first are not lost', () => {
  const series = { stepSeconds: 1, points: [[10, 3, 2] as const] };
  const run = recorder([{ id: 'a', counts: { ...NO_COUNTS, rowsRead: 10, requests: 3, refused: 2 } }], series);
  run.at(4);
  // From a checkpoint before the last report.
  expect(run.report('a', { ...NO_COUNTS, rowsRead: 8, requests: 4 })).toMatchObject({ refused: 2 });
  run.report('a', { ...NO_COUNTS, rowsRead: 12, requests: 5, refused: 1 });
  expect(run.current().points).toEqual([
    [10, 3, 2],
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
    [2, 2, 1],
  ]);
});
