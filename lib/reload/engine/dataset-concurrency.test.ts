import { describe, expect, test } from 'vitest';
import { type FakeSource, fakeSource, recordingReporter } from '#lib/reload/testing/fake-source.ts';
import { ALL, diedBeforePublish, memorySink, PAGES, planOf, run } from '#lib/reload/testing/reloading.ts';
import { testMutex } from '#lib/reload/testing/test-mutex.ts';

describe('dataset concurrency', () => {
  const NEVER = new AbortController().signal;
  /** As if there had been many rows when it began. */
  const large = (): FakeSource => fakeSource({ pages: PAGES, counts: [20_000, ALL.length] });

  test('a large one waits until the one before has ended, a small one waits for nobody', async () => {
    const largeDatasetMutex = testMutex();
    const release = await largeDatasetMutex.acquire(NEVER);
    const source = large();
    const reporter = recordingReporter();
    const waits = run({ source, largeDatasetMutex, reporter });
    expect(await run({ source: fakeSource({ pages: PAGES }), largeDatasetMutex })).toMatchObject({ state: 'done' });
    expect(source.delivered).toEqual([]);
    expect(reporter.reports.at(-1)).toMatchObject({ state: 'waiting', counts: { rowsRead: 0, rowsExpected: 20_000 } });
    const waited = reporter.reports.length;
    release();
    expect(await waits).toMatchObject({ state: 'done', counts: { rowsRead: ALL.length } });
    expect(reporter.reports[waited]).toMatchObject({ state: 'reading' });
    (await largeDatasetMutex.acquire(NEVER))();
  });

  test('a large one waits with its publish alone, too', async () => {
    const stageDir = await diedBeforePublish(large());
    const largeDatasetMutex = testMutex();
    const release = await largeDatasetMutex.acquire(NEVER);
    const sink = memorySink();
    const waits = run({ source: fakeSource({ pages: PAGES }), sink, stageDir, largeDatasetMutex });
    await run({ source: fakeSource({ pages: PAGES }), largeDatasetMutex });
    expect(sink.rows).toBeNull();
    release();
    expect(await waits).toMatchObject({ state: 'done' });
    expect(sink.rows).toEqual(ALL);
  });

  test('one that turns out to be large waits from then on', async () => {
    const largeDatasetMutex = testMutex();
    const release = await largeDatasetMutex.acquire(NEVER);
    const megabytes = 'x'.repeat(3 << 20);
    const pages = [0, 1, 2, 3, 4].map((v) => [{ id: `${v}`, v, note: megabytes }]);
    const atThird = Promise.withResolvers<void>();
    const source = fakeSource({ pages, beforePage: (index) => (index === 2 ? atThird.resolve() : undefined) });
    const waits = run({ source, plan: planOf(false), largeDatasetMutex });
    await atThird.promise;
    expect(await run({ source: fakeSource({ pages: PAGES }), largeDatasetMutex })).toMatchObject({ state: 'done' });
    expect(source.delivered).toEqual([0, 1, 2]);
    release();
    expect(await waits).toMatchObject({ state: 'done', counts: { rowsRead: 5 } });
  });

  test('one that is cancelled while it waits, or fails, holds nobody up', async () => {
    const largeDatasetMutex = testMutex();
    const release = await largeDatasetMutex.acquire(NEVER);
    const cancel = new AbortController();
    const waits = run({ source: large(), largeDatasetMutex, signal: cancel.signal });
    const fails = run({
      source: fakeSource({ pages: PAGES, counts: [20_000], beforePage: () => Promise.reject(new Error('no')) }),
      largeDatasetMutex,
    });
    cancel.abort();
    expect(await waits).toMatchObject({ state: 'cancelled' });
    release();
    expect(await fails).toMatchObject({ state: 'failed' });
    (await largeDatasetMutex.acquire(NEVER))();
  });
});
