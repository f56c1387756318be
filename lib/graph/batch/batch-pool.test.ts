import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createWaitMeter } from '#lib/graph/limits/wait-meter.ts';
import { createStubClient, graphErrorBody } from '#lib/graph/testing/stub-client.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { BatchPool, type BatchPoolOptions } from './batch-pool.ts';
import type { BatchItem } from './batch-wire.ts';

// Vitest does not fake the timers of this module; the fake ones of the global object stand in for them.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}));

interface SentItem {
  readonly id: string;
  readonly url: string;
}
type ItemStatus = (url: string, attempt: number) => number;

const LATENCY_MS = 100;

/** A pool whose batches are answered after LATENCY_MS; `statusOf` decides the status of each item by its URL and attempt. */
function createPool(statusOf: ItemStatus = () => 200, options: Partial<BatchPoolOptions<BatchItem>> = {}) {
  const attempts = new Map<string, number>();
  const batches: string[][] = [];
  const answered: [string, number][] = [];
  const failures: unknown[] = [];
  let [inFlight, inFlightMax] = [0, 0];
  const answerItem = ({ id, url }: SentItem) => {
    const attempt = (attempts.get(url) ?? 0) + 1;
    attempts.set(url, attempt);
    const status = statusOf(url, attempt);
    if (status === 429) return { id, status, headers: { 'Retry-After': '2' }, body: graphErrorBody('TooManyRequests') };
    return { id, status, body: status < 300 ? { value: [] } : graphErrorBody('Request_BadRequest') };
  };
  const { graph } = createStubClient(async ({ body = '{}' }) => {
    const { requests } = JSON.parse(body) as { requests: SentItem[] };
    batches.push(requests.map(({ url }) => url));
    inFlightMax = Math.max(inFlightMax, ++inFlight);
    await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
    inFlight--;
    return { body: { responses: requests.map(answerItem) } };
  });
  const pool: BatchPool<BatchItem> = new BatchPool<BatchItem>({
    client: graph,
    batchesMax: 2,
    signal: new AbortController().signal,
    meter: createWaitMeter(systemClock),
    onAnswer: (item, answer) => answered.push([item.url, answer.ok ? 200 : answer.error.status]),
    onFailure: (error) => failures.push(error),
    onBatch: () => undefined,
    ...options,
  });
  return { pool, batches, answered, failures, inFlightMax: () => inFlightMax };
}

const items = (count: number, prefix = '/i'): BatchItem[] =>
  Array.from({ length: count }, (_, index) => ({ url: `${prefix}${index}` }));

async function finish(pool: BatchPool<BatchItem>): Promise<void> {
  for (let steps = 0; !pool.idle && steps < 20_000; steps++) await vi.advanceTimersByTimeAsync(LATENCY_MS);
  expect(pool.idle).toBe(true);
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('batches', () => {
  test('are full while further items may come; the rest leaves after end()', async () => {
    const { pool, batches, answered } = createPool();
    pool.add(items(45));
    await vi.advanceTimersByTimeAsync(10 * LATENCY_MS);
    expect(batches.map(({ length }) => length)).toEqual([20, 20]);
    expect([pool.waiting, pool.idle]).toEqual([5, false]);
    pool.end();
    await finish(pool);
    expect(batches.map(({ length }) => length)).toEqual([20, 20, 5]);
    expect(new Set(answered.map(([url]) => url)).size).toBe(45);
  });

  test.each([1, 2, 5])('are never more than %i in flight', async (batchesMax) => {
    const { pool, answered, inFlightMax } = createPool(undefined, { batchesMax });
    pool.add(items(200));
    pool.end();
    await finish(pool);
    expect(inFlightMax()).toBe(batchesMax);
    expect(answered).toHaveLength(200);
  });

  test('are not sent during a pause, and are afterwards', async () => {
    const { pool, batches } = createPool();
    pool.setPaused(true);
    pool.add(items(40));
    pool.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(batches).toEqual([]);
    pool.setPaused(false);
    await finish(pool);
    expect(batches).toHaveLength(2);
  });

  test('take up items that an answer adds, also after end()', async () => {
    const seen: string[] = [];
    const created = createPool(undefined, {
      onAnswer: (item) => {
        seen.push(item.url);
        if (item.url === '/i0') created.pool.add(items(3, '/added'));
      },
    });
    created.pool.add(items(1));
    created.pool.end();
    await finish(created.pool);
    expect(seen.toSorted()).toEqual(['/added0', '/added1', '/added2', '/i0']);
  });
});

describe('an item', () => {
  test('with a transient failure is answered once, by a later batch, after its Retry-After; the others do not wait for it', async () => {
    const { pool, batches, answered } = createPool((url, attempt) => (url === '/i3' && attempt <= 2 ? 429 : 200));
    pool.add(items(20));
    pool.end();
    await vi.advanceTimersByTimeAsync(LATENCY_MS);
    expect(answered).toHaveLength(19);
    await vi.advanceTimersByTimeAsync(1999);
    expect(batches).toHaveLength(1);
    await finish(pool);
    expect(batches.slice(1)).toEqual([['/i3'], ['/i3']]);
    expect(answered.filter(([url]) => url === '/i3')).toEqual([['/i3', 200]]);
  });

  test('with a permanent failure is answered at once and not sent again', async () => {
    const { pool, batches, answered } = createPool((url) => (url === '/i1' ? 400 : 200));
    pool.add(items(3));
    pool.end();
    await finish(pool);
    expect(batches).toHaveLength(1);
    expect(answered).toContainEqual(['/i1', 400]);
  });

  test('that stays throttled is answered with its error after 15 minutes', async () => {
    const startedAt = Date.now();
    const { pool, answered } = createPool(() => 429);
    pool.add(items(1));
    pool.end();
    await finish(pool);
    expect(answered).toEqual([['/i0', 429]]);
    expect(Date.now() - startedAt).toBeGreaterThan(14 * 60_000);
    expect(Date.now() - startedAt).toBeLessThan(16 * 60_000);
  });

  test('that is added later keeps the pool busy until its wait is over', async () => {
    const { pool, answered } = createPool();
    pool.end();
    pool.addLater({ url: '/later' }, 5000);
    await vi.advanceTimersByTimeAsync(4999);
    expect([answered, pool.idle]).toEqual([[], false]);
    await finish(pool);
    expect(answered).toEqual([['/later', 200]]);
  });
});

test('a $batch request that fails for good is reported once, and its items are not answered', async () => {
  const stop = new AbortController();
  const { pool, answered, failures } = createPool(undefined, { signal: stop.signal });
  stop.abort();
  pool.add(items(20));
  await vi.advanceTimersByTimeAsync(LATENCY_MS);
  expect(failures).toMatchObject([{ code: 'aborted' }]);
  expect(answered).toEqual([]);
});
