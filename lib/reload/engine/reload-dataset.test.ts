import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { AppError } from '#lib/platform/errors.ts';
import { type FakeDelta, type FakeRound, type FakeSource, fakeSource, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { ALL, diedBeforePublish, memorySink, NOTHING, PAGES, pagesOf, run } from '#lib/reload/testing/reloading.ts';
import { JobLeaseLostError } from './job-lease-lost.ts';

describe('a run whose process died', () => {
  test('goes on after the last staged page, wherever it died, with no row lost or twice', async () => {
    const base = temporaryFolder();
    const stageDir = join(base, 'stage');
    // So many that parts have to be staged before more are read: two are written at once, the others wait.
    const pages = pagesOf(140);
    const crashes = pages.keys().filter((index) => index % 7 === 0);
    // What kill -9 leaves before a page is what is on the disk at that moment.
    const beforePage = (index: number): void => {
      if (index % 7 === 0) cpSync(stageDir, join(base, `crash-${index}`), { recursive: true });
    };
    await run({ source: fakeSource({ pages, beforePage }), stageDir });
    const restarts = new Set<number>();
    for (const index of crashes) {
      const source = fakeSource({ pages });
      const sink = memorySink();
      const report = await run({ source, sink, stageDir: join(base, `crash-${index}`) });
      expect([index, report.state, report.counts.rowsRead, report.counts.requests]).toEqual([index, 'done', 420, 140]);
      expect(sink.rows).toEqual(pages.flat().map(({ id, v }) => `${id}:${v}`));
      expect(source.delivered[0]).toBeLessThanOrEqual(index);
      restarts.add(source.delivered[0] ?? -1);
    }
    // It really went on: not every restart began at the first page.
    expect(restarts.size).toBeGreaterThan(1);
  });

  test('reads nothing again when only the publish was missing', async () => {
    const stageDir = await diedBeforePublish(fakeSource({ pages: PAGES }));
    const source = fakeSource({ pages: PAGES });
    const sink = memorySink();
    await run({ source, sink, stageDir });
    expect([source.delivered, sink.rows]).toEqual([[], ALL]);
  });

  test('neither reads nor publishes again when it had published', async () => {
    const source = fakeSource({ pages: PAGES });
    const sink = memorySink({ ...NOTHING, inserted: 7 });
    expect(await run({ source, sink })).toMatchObject({ state: 'done', counts: { inserted: 7 } });
    expect([source.delivered, sink.rows]).toEqual([[], null]);
  });
});

describe('a run that another worker takes over', () => {
  test('keeps its stage, and the other one goes on from it', async () => {
    const stageDir = join(temporaryFolder(), 'stage');
    const lost = new AbortController();
    const beforePage = (index: number): Promise<void> | void => {
      if (index !== 35) return;
      lost.abort(new JobLeaseLostError());
      return new Promise(() => undefined);
    };
    const first = await run({ source: fakeSource({ pages: PAGES, beforePage }), stageDir, signal: lost.signal });
    expect([first.state, existsSync(stageDir)]).toEqual(['cancelled', true]);
    const source = fakeSource({ pages: PAGES });
    const sink = memorySink();
    expect(await run({ source, sink, stageDir })).toMatchObject({ state: 'done', counts: { rowsRead: 120 } });
    expect([source.delivered[0], sink.rows?.length]).toEqual([32, 120]);
  });

  test('waits until the first one has let go of the stage', async () => {
    const stageDir = join(temporaryFolder(), 'stage');
    const { promise: holding, resolve: letGo } = Promise.withResolvers<void>();
    const lost = new AbortController();
    const beforePage = (index: number): Promise<void> | void => (index === 35 ? holding : undefined);
    const first = run({ source: fakeSource({ pages: PAGES, beforePage }), stageDir, signal: lost.signal });
    await vi.waitFor(() => expect(existsSync(join(stageDir, 'stage.duckdb'))).toBe(true));
    const second = run({ source: fakeSource({ pages: PAGES }), stageDir });
    lost.abort(new JobLeaseLostError());
    letGo();
    expect([(await first).state, (await second).state]).toEqual(['cancelled', 'done']);
  });
});

describe('a run that died while it caught up with changes', () => {
  /** Copies of the stage as it was before each round of changes. */
  async function stagesOf(mode: 'full' | 'incremental') {
    const folder = temporaryFolder();
    const stageDir = join(folder, 'stage');
    const copies: string[] = [];
    const rounds: FakeDelta['rounds'] = (deltaToken, rows) => {
      if (rows) {
        const copy = join(folder, `copy-${copies.length}`);
        cpSync(stageDir, copy, { recursive: true });
        copies.push(copy);
      }
      return ROUNDS[deltaToken] ?? null;
    };
    const report = await run({ ...changing(rounds), stageDir, mode });
    return { report, copies };
  }

  const ROUNDS: Readonly<Record<string, FakeRound>> = {
    m0: {
      pages: [
        {
          changedIds: ['a', 'd'],
          rows: [
            { id: 'a', v: 2 },
            { id: 'd', v: 2 },
          ],
        },
        { changedIds: ['b'] },
      ],
      deltaToken: 'm1',
    },
    m1: { pages: [{ changedIds: ['d'], rows: [{ id: 'd', v: 3 }] }], deltaToken: 'm2' },
  };
  const changing = (rounds: FakeDelta['rounds']) => ({
    source: fakeSource({
      pages: [
        [
          { id: 'a', v: 1 },
          { id: 'b', v: 1 },
        ],
        [{ id: 'c', v: 1 }],
      ],
      counts: [3],
      delta: { scope: { column: 'id', untracked: [] }, rounds },
    }),
    sink: memorySink(),
  });

  test.each(['full', 'incremental'] as const)('goes on with the round under way: %s', async (mode) => {
    const { report, copies } = await stagesOf(mode);
    const expected = mode === 'full' ? ['a:2', 'c:1', 'd:3'] : ['a:2', 'd:3'];
    expect([report.state, report.incremental, copies.length]).toEqual(['done', mode === 'incremental', 3]);
    for (const [index, stageDir] of copies.entries()) {
      const asked: string[] = [];
      const again = changing((deltaToken) => {
        asked.push(deltaToken);
        return ROUNDS[deltaToken] ?? null;
      });
      expect((await run({ ...again, stageDir, mode })).state).toBe('done');
      expect(again.sink.rows).toEqual(expected);
      // The first round of a full reading is requested while its pages are still being staged: its changes are replayed.
      const unstaged = mode === 'full' && index === 0 ? [0, 1] : [];
      expect([asked[0], again.source.delivered]).toEqual([`m${index}`, unstaged]);
    }
  });
});

describe('only a whole dataset is published', () => {
  test.each<[string, (number | null)[], string]>([
    ['as many rows as counted', [120], 'done'],
    ['one more came while reading', [119, 120], 'done'],
    ['one went while reading', [121, 119], 'done'],
    ['fewer than both counts', [130, 125], 'incomplete'],
    ['more than both counts', [100, 110], 'incomplete'],
    ['fewer, and the second count is the same', [121, 121], 'incomplete'],
    ['no count to be had', [null], 'done'],
  ])('%s', async (_name, counts, state) => {
    const sink = memorySink();
    const report = await run({ source: fakeSource({ pages: PAGES, counts }), sink });
    expect(report.state).toBe(state);
    expect(sink.rows === null).toBe(state === 'incomplete');
    const notes = report.notes.filter((note) => note.includes('could not compare the rows with a count'));
    expect(notes).toHaveLength(counts[0] === null ? 1 : 0);
  });

  test('rows that Graph repeats count once, the last one stays, and the run says so', async () => {
    const sink = memorySink();
    const pages = [
      [
        { id: 'a', v: 1 },
        { id: 'b', v: 1 },
      ],
      [{ id: 'a', v: 2 }],
    ];
    const report = await run({ source: fakeSource({ pages, counts: [2] }), sink });
    expect(sink.rows).toEqual(['a:2', 'b:1']);
    expect(report).toMatchObject({
      state: 'done',
      notes: ['Graph sent 1 rows more than once; the last version of each was kept.'],
    });
  });

  test('rows without their key are refused by the name of the column', async () => {
    const sink = memorySink();
    const report = await run({ source: fakeSource({ pages: [[{ id: null, v: 1 }]] }), sink });
    expect(report).toMatchObject({ state: 'failed', problem: { code: 'key-missing', field: 'id' } });
    expect(sink.rows).toBeNull();
  });
});

describe('however it ends, no stage stays', () => {
  test.each([0, 1, 17, 39])('when the source fails at page %i', async (page) => {
    const stageDir = join(temporaryFolder(), 'stage');
    const sink = memorySink();
    const beforePage = (index: number): void => {
      if (index === page) throw new AppError({ code: 'graph-refused', title: 'Graph refused.' });
    };
    const report = await run({ source: fakeSource({ pages: PAGES, beforePage }), sink, stageDir });
    expect([report.state, report.problem?.code, sink.rows, existsSync(stageDir)]).toEqual([
      'failed',
      'graph-refused',
      null,
      false,
    ]);
  });

  test.each([0, 17])('when it is cancelled while page %i hangs, within 2 s', async (page) => {
    const stageDir = join(temporaryFolder(), 'stage');
    const stop = new AbortController();
    const beforePage = (index: number): Promise<void> | void => {
      if (index !== page) return;
      stop.abort();
      return new Promise(() => undefined);
    };
    const from = performance.now();
    const report = await run({ source: fakeSource({ pages: PAGES, beforePage }), stageDir, signal: stop.signal });
    expect(performance.now() - from).toBeLessThan(2000);
    expect([report.state, existsSync(stageDir)]).toEqual(['cancelled', false]);
  });
});

describe('a count that parts do not come to', () => {
  const some = [{ id: 'a', v: 1 }];
  const all = [...some, { id: 'b', v: 2 }];
  const withWhole = (rows: readonly Record<string, unknown>[]): FakeSource => {
    const whole = fakeSource({ pages: [rows] });
    const source = fakeSource({ pages: [some], counts: [2] });
    return { ...source, readWhole: (dataset, options) => whole.read(dataset, { ...options, cursor: null }) };
  };

  test('is made up for by reading the whole once more', async () => {
    const sink = memorySink();
    const report = await run({ source: withWhole(all), sink });
    expect([report.state, sink.rows]).toEqual(['done', ['a:1', 'b:2']]);
    expect(report.notes).toEqual([
      'Graph counted 2 rows but sent 1. Entrada therefore read the whole dataset once more, page after page.',
    ]);
  });

  test('leaves the dataset incomplete when the whole does not come to it either', async () => {
    const sink = memorySink();
    const report = await run({ source: withWhole(some), sink });
    expect([report.state, sink.rows]).toEqual(['incomplete', null]);
    expect(report.problem?.detail).toBe('Graph counted 2 rows but sent 1. Nothing was compared, deleted or published.');
  });
});
