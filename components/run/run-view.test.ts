import { describe, expect, it } from 'vitest';
import type { DatasetRunDto, RunDto } from '#lib/domain/run/run.ts';
import { NO_COUNTS } from '#lib/domain/run/run.ts';
import {
  datasetProgress,
  datasetRate,
  initialRunView,
  RATE_WINDOW_MS,
  reduceRunView,
  runRate,
  runTotals,
  timeLeft,
} from './run-view.ts';

const START = Date.UTC(2026, 10, 24, 12, 0, 0);

function dataset(
  over: Partial<Omit<DatasetRunDto, 'counts'>> & { counts?: Partial<DatasetRunDto['counts']> } = {},
): DatasetRunDto {
  return {
    id: 'dsrun_users',
    datasetId: 'ds_users',
    datasetName: 'users',
    title: 'Users',
    area: 'Users',
    kind: 'entity',
    state: 'reading',
    startedAt: new Date(START).toISOString(),
    endedAt: null,
    problem: null,
    notes: [],
    incremental: false,
    unread: [],
    drift: [],
    unproven: { count: 0, parents: [] },
    rejected: { count: 0, rows: [] },
    wait: null,
    ...over,
    counts: { ...NO_COUNTS, ...over.counts },
  };
}

function run(over: Partial<RunDto> = {}): RunDto {
  return {
    id: 'run_1',
    taskId: 'task_1',
    taskName: 'Nightly',
    state: 'running',
    method: 'reload-and-compare',
    startedBy: { kind: 'user', id: 'user_1', userId: 'user_1', name: 'ada@contoso.test' },
    queuedAt: new Date(START).toISOString(),
    startedAt: new Date(START).toISOString(),
    endedAt: null,
    datasetsTotal: 1,
    datasetsDone: 0,
    datasetsFailed: 0,
    rowsRead: 0,
    inserted: 0,
    updated: 0,
    deleted: 0,
    wait: null,
    connectionId: 'conn_1',
    connectionName: 'Contoso',
    targetKind: 'landing',
    namespace: 'contoso',
    problem: null,
    datasets: [dataset()],
    ...over,
  };
}

const read = (rowsRead: number, state: DatasetRunDto['state'] = 'reading') =>
  run({ datasets: [dataset({ state, counts: { rowsRead } })] });

describe('the live state', () => {
  it.each(['done', 'partial', 'failed', 'cancelled'] as const)(
    'ends with a run that is %s and takes nothing after it',
    (state) => {
      const ended = reduceRunView(initialRunView(run()), { type: 'change', run: run({ state }), atMs: START });
      expect(ended.run.state).toBe(state);
      expect(reduceRunView(ended, { type: 'whole', run: run(), atMs: START })).toBe(ended);
    },
  );

  it('ignores an event of another run', () => {
    const start = initialRunView(run());
    expect(reduceRunView(start, { type: 'whole', run: run({ id: 'run_2' }), atMs: START })).toBe(start);
  });

  it('a change replaces the datasets that it has and keeps the others as they are, in their order', () => {
    const [users, groups, devices] = ['users', 'groups', 'devices'].map((id) => dataset({ id }));
    const datasets = [users, groups, devices].filter((one) => one !== undefined);
    const changed = dataset({ id: 'groups', counts: { rowsRead: 7 } });
    const view = reduceRunView(initialRunView(run({ datasets })), {
      type: 'change',
      run: run({ state: 'cancelling', datasets: [changed] }),
      atMs: START,
    });
    expect(view.run.state).toBe('cancelling');
    expect(view.run.datasets).toEqual([users, changed, devices]);
    expect(view.run.datasets[0]).toBe(users);
  });
});

describe('speed', () => {
  const reports = (list: readonly (readonly [number, number])[]) =>
    list.reduce(
      (view, [atMs, rowsRead]) => reduceRunView(view, { type: 'whole', run: read(rowsRead), atMs: START + atMs }),
      initialRunView(run()),
    );

  it('is that of the last seconds, not of the whole run', () => {
    const view = reports([
      [0, 0],
      [60_000, 600],
      [60_000 + RATE_WINDOW_MS, 600 + 8_000],
    ]);
    expect(runRate(view)).toBe(1000);
  });

  it('is unknown with one report', () => {
    expect(runRate(reports([[0, 500]]))).toBeNull();
  });

  it('is never negative when a restarted attempt counts from an earlier checkpoint', () => {
    const view = reports([
      [0, 9_000],
      [1_000, 4_000],
      [2_000, 5_000],
    ]);
    expect(runRate(view)).toBe(1000);
  });

  it('of a dataset that ended is that of its whole time', () => {
    const ended = dataset({ state: 'done', endedAt: new Date(START + 4_000).toISOString(), counts: { rowsRead: 10_000 } });
    expect(datasetRate(initialRunView(run()), ended)).toBe(2500);
  });

  it('of a dataset that has not begun is unknown', () => {
    expect(datasetRate(initialRunView(run()), dataset({ state: 'queued', startedAt: null }))).toBeNull();
  });
});

describe('progress', () => {
  it('is the share of the expected rows, never over 1', () => {
    expect(datasetProgress(dataset({ counts: { rowsRead: 250, rowsExpected: 1000 } }))).toBe(0.25);
    expect(datasetProgress(dataset({ counts: { rowsRead: 1200, rowsExpected: 1000 } }))).toBe(1);
  });

  it('is unknown where Graph does not count, and complete once done', () => {
    expect(datasetProgress(dataset({ counts: { rowsRead: 250 } }))).toBeNull();
    expect(datasetProgress(dataset({ state: 'done' }))).toBe(1);
  });

  it('an empty dataset divides nothing by nothing', () => {
    expect(datasetProgress(dataset({ counts: { rowsExpected: 0 } }))).toBe(0);
  });

  it('tells the time left at the present speed', () => {
    expect(timeLeft(dataset({ counts: { rowsRead: 500, rowsExpected: 1500 } }), 100, 1000)).toBe(10_000);
    expect(timeLeft(dataset({ counts: { rowsRead: 500, rowsExpected: 1500 } }), 0, 1000)).toBeNull();
    expect(timeLeft(dataset({ state: 'publishing', counts: { rowsRead: 500, rowsExpected: 1500 } }), 100, 1000)).toBeNull();
    const parents = (read: number, expected: number | null) => dataset({ counts: { parents: { read, expected } } });
    expect(timeLeft(parents(10, 110), null, 20_000)).toBe(200_000);
    expect(timeLeft(parents(4, 110), null, 20_000)).toBeNull();
    expect(timeLeft(parents(10, null), null, 20_000)).toBeNull();
    expect(datasetProgress(parents(11, 110))).toBe(0.1);
  });
});

describe('totals', () => {
  it('add up the datasets and count how they stand', () => {
    const totals = runTotals(
      run({
        datasets: [
          dataset({ state: 'done', counts: { rowsRead: 10, rowsExpected: 10, inserted: 4, unchanged: 6, requests: 1 } }),
          dataset({ id: 'dsrun_g', state: 'reading', counts: { rowsRead: 5, rowsExpected: 10, requests: 2, throttledMs: 300 } }),
          dataset({ id: 'dsrun_m', state: 'incomplete', counts: { rowsRead: 1, deleted: 0 } }),
          dataset({ id: 'dsrun_x', state: 'queued', startedAt: null }),
        ],
      }),
    );
    expect(totals).toMatchObject({ rowsRead: 16, rowsExpected: 20, inserted: 4, unchanged: 6, requests: 3, throttledMs: 300 });
    expect(totals).toMatchObject({ datasets: 4, done: 1, failed: 1, active: 2 });
    expect(totals.progress).toBeCloseTo((1 + 0.5 + 1 + 0) / 4);
  });

  it('of a run without datasets are zero', () => {
    expect(runTotals(run({ datasets: [] }))).toMatchObject({ progress: 0, rowsExpected: null, rowsRead: 0 });
  });
});
