import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { UnreadColumn } from '#lib/domain/run/run.ts';
import { type FakeSource, fakeSource, recordingReporter, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { NOTHING, PAGES, pagesOf, planOf } from '#lib/reload/testing/reloading.ts';
import type { DatasetReport } from './ports.ts';
import { reloadDataset } from './reload-dataset.ts';
import type { NewDeltaToken, PublishOptions, Sink } from './sink.ts';

const SCOPE = { column: 'id', untracked: [] };
const DELTA = { scope: SCOPE, rounds: () => null };
const REFUSED = { name: 'v', reason: 'Refused.' };
const NOT_V = { unread: [REFUSED] };

/** A target that keeps the delta token of its last publish, and its arguments. */
function keepingSink(): Sink & { readonly told: PublishOptions[] } {
  let kept: NewDeltaToken | null = null;
  const told: PublishOptions[] = [];
  return {
    told,
    findPublished: async () => null,
    findDeltaToken: async (_plan, signature) =>
      kept?.signature === signature ? { deltaToken: kept.deltaToken, rows: 3, fullAt: '2026-01-01T00:00:00Z' } : null,
    publish: async (_stage, options) => {
      told.push(options);
      kept = options.deltaToken;
      return NOTHING;
    },
  };
}

interface Wanted {
  readonly source: FakeSource;
  readonly sink?: Sink;
  readonly stageDir?: string;
  readonly at?: string;
  readonly unreadBefore?: readonly UnreadColumn[];
  readonly unreadAtStart?: readonly Omit<UnreadColumn, 'since'>[];
}

function reload({
  source,
  sink = keepingSink(),
  stageDir,
  at = '2026-01-02T00:00:00Z',
  ...known
}: Wanted): Promise<DatasetReport> {
  const deps = {
    ...{ source, sink, reporter: recordingReporter(), clock: { now: () => new Date(at) } },
    stageDir: stageDir ?? join(temporaryFolder(), 'stage'),
  };
  const incremental = { fullEveryDays: 7, full: false, sourceKey: 'conn_1' };
  const run = { plan: planOf(), runId: 'run_1', deletesConfirmed: false, incremental, ...known };
  return reloadDataset(deps, run, new AbortController().signal);
}

describe('a column that could not be read', () => {
  test.each([0, 1, 20, 39])('on page %d counts as unread for the whole run, which is done with problems', async (page) => {
    const sink = keepingSink();
    const source = fakeSource({ pages: PAGES, notRead: (index) => (index === page ? NOT_V : {}) });
    const report = await reload({ source, sink });
    const unread = [{ ...REFUSED, since: '2026-01-02T00:00:00.000Z' }];
    expect(report).toMatchObject({ state: 'partial', unread, problem: null });
    expect(sink.told).toMatchObject([{ unread, plan: { columns: [{ name: 'id' }] } }]);
  });

  test('known at the start is not asked for, and told with its reason', async () => {
    const sink = keepingSink();
    const source = fakeSource({ pages: PAGES, delta: DELTA });
    const report = await reload({ source, sink, unreadAtStart: [REFUSED] });
    expect(new Set(source.asked.map(([, columns]) => columns))).toEqual(new Set(['id']));
    expect(report).toMatchObject({ state: 'partial', unread: [REFUSED] });
    expect(sink.told[0]?.plan.columns.map(({ name }) => name)).toEqual(['id']);
  });

  test('stays unread in a run that goes on after kill -9, whatever its later part could read', async () => {
    const base = temporaryFolder();
    const stageDir = join(base, 'stage');
    // So many that some are staged before the last are read.
    const pages = pagesOf(140);
    const beforePage = (index: number): void => {
      if (index === 133) cpSync(stageDir, join(base, 'left'), { recursive: true });
    };
    const notRead = (index: number) => (index === 0 ? NOT_V : {});
    await reload({ source: fakeSource({ pages, beforePage, notRead }), stageDir });
    const source = fakeSource({ pages });
    const sink = keepingSink();
    const report = await reload({ source, sink, stageDir: join(base, 'left') });
    expect(source.delivered[0]).toBeGreaterThan(0);
    expect(source.asked).toEqual([['read', 'id']]);
    expect(report).toMatchObject({ state: 'partial', unread: [REFUSED] });
  });

  test('is so since the first of the runs in a row that could not read it', async () => {
    const failing = { pages: PAGES, notRead: () => NOT_V };
    const first = await reload({ source: fakeSource(failing), at: '2026-01-02T00:00:00Z' });
    const second = await reload({ source: fakeSource(failing), at: '2026-01-03T00:00:00Z', unreadBefore: first.unread });
    expect(second.unread).toMatchObject([{ since: '2026-01-02T00:00:00.000Z' }]);
    const good = await reload({ source: fakeSource({ pages: PAGES }), unreadBefore: second.unread });
    expect(good).toMatchObject({ state: 'done', unread: [] });
    const again = await reload({ source: fakeSource(failing), at: '2026-01-05T00:00:00Z', unreadBefore: good.unread });
    expect(again.unread).toMatchObject([{ since: '2026-01-05T00:00:00.000Z' }]);
  });
});

describe('reading by changes', () => {
  test('goes on while the same column cannot be read, and reads everything once when it can again', async () => {
    const sink = keepingSink();
    const run = async (unreadAtStart: Wanted['unreadAtStart'] = []) => {
      const { incremental } = await reload({ source: fakeSource({ pages: PAGES, delta: DELTA }), sink, unreadAtStart });
      return incremental;
    };
    expect([await run(), await run()]).toEqual([false, true]);
    expect([await run([REFUSED]), await run([REFUSED])]).toEqual([false, true]);
    expect([await run(), await run()]).toEqual([false, true]);
  });

  test('a column that a full reading could not read: the next run that can reads everything', async () => {
    const sink = keepingSink();
    await reload({ source: fakeSource({ pages: PAGES, delta: DELTA, notRead: () => NOT_V }), sink });
    const next = await reload({ source: fakeSource({ pages: PAGES, delta: DELTA }), sink });
    expect(next).toMatchObject({ state: 'done', incremental: false });
  });

  test('a column that a round of changes could not read: so does it', async () => {
    const sink = keepingSink();
    await reload({ source: fakeSource({ pages: PAGES, delta: DELTA }), sink });
    const rounds = (deltaToken: string) =>
      deltaToken === 'm0' ? { deltaToken: 'm1', pages: [{ changedIds: ['p000r0'], rows: [{ id: 'p000r0' }], ...NOT_V }] } : null;
    const round = await reload({ source: fakeSource({ pages: PAGES, delta: { scope: SCOPE, rounds } }), sink });
    expect(round).toMatchObject({ state: 'partial', unread: [REFUSED] });
    const next = await reload({ source: fakeSource({ pages: PAGES, delta: DELTA }), sink });
    expect(next).toMatchObject({ state: 'done', incremental: false });
  });
});
