import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Slot } from '#lib/platform/async/slots.ts';
import { createWorkerSlots } from './worker-slots.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const NEVER = new AbortController().signal;
const settle = () => vi.advanceTimersByTimeAsync(0);

/** Requests slots for `count` datasets of a run; returns the granted ones. */
function datasets(run: { acquire(signal: AbortSignal): Promise<Slot> }, count: number): Slot[] {
  const granted: Slot[] = [];
  for (let i = 0; i < count; i++) void run.acquire(NEVER).then((slot) => granted.push(slot));
  return granted;
}

describe('the slots of a worker', () => {
  test('no run works more than four datasets at once, whatever the worker could', async () => {
    const run = createWorkerSlots({ datasets: 16, runs: 4 }).openRun({ group: 'a', priority: 0 });
    const granted = datasets(run, 10);
    await settle();
    expect(granted).toHaveLength(4);
  });

  test('runs of two connections get their share, whichever came first', async () => {
    const slots = createWorkerSlots({ datasets: 4, runs: 4 });
    const first = datasets(slots.openRun({ group: 'a', priority: 0 }), 8);
    await settle();
    const second = datasets(slots.openRun({ group: 'b', priority: 0 }), 8);
    await settle();
    expect([first.length, second.length]).toEqual([4, 0]);
    for (let ended = 0; ended < 2; ended++) {
      first[ended]?.release();
      await settle();
    }
    expect([first.length, second.length]).toEqual([4, 2]);
  });

  test('datasets of a run that a person started are next', async () => {
    const slots = createWorkerSlots({ datasets: 1, runs: 4 });
    const nightly = datasets(slots.openRun({ group: 'a', priority: 0 }), 3);
    await settle();
    const person = datasets(slots.openRun({ group: 'a', priority: 1 }), 2);
    await settle();
    nightly[0]?.release();
    await settle();
    expect([nightly.length, person.length]).toEqual([1, 1]);
  });

  test('a dataset that waits for a quota leaves its slot to another run, and a run that only waits is idle until it goes on', async () => {
    const slots = createWorkerSlots({ datasets: 1, runs: 4 });
    const idle: boolean[] = [];
    const waiting = datasets(slots.openRun({ group: 'a', priority: 0, onIdle: (isIdle) => idle.push(isIdle) }), 1);
    await settle();
    const other = datasets(slots.openRun({ group: 'b', priority: 0 }), 1);
    await settle();
    expect(other).toHaveLength(0);
    waiting[0]?.suspend();
    await settle();
    expect(other).toHaveLength(1);
    expect(idle).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(idle).toEqual([true]);
    waiting[0]?.resume();
    expect(idle).toEqual([true, false]);
  });

  test('a run that ends while it is idle is not idle any more', async () => {
    const idle: boolean[] = [];
    const run = createWorkerSlots({ datasets: 1, runs: 1 }).openRun({ group: 'a', priority: 0, onIdle: (v) => idle.push(v) });
    const [slot] = [await run.acquire(NEVER)];
    slot.suspend();
    await vi.advanceTimersByTimeAsync(2000);
    slot.release();
    run.end();
    expect(idle).toEqual([true, false]);
  });

  test('a request that is aborted gives its share of the run back', async () => {
    const slots = createWorkerSlots({ datasets: 1, runs: 1 });
    const run = slots.openRun({ group: 'a', priority: 0 });
    const held = await run.acquire(NEVER);
    const abort = new AbortController();
    const given = [1, 2, 3].map(() => run.acquire(abort.signal).catch(() => 'aborted'));
    abort.abort();
    expect(await Promise.all(given)).toEqual(['aborted', 'aborted', 'aborted']);
    held.release();
    await expect(run.acquire(NEVER)).resolves.toBeDefined();
  });
});
