import { expect, test } from 'vitest';
import type { Wait } from '#lib/domain/run/wait.ts';
import { createSlots } from '#lib/platform/async/slots.ts';
import { LargeDatasetLock } from './large-dataset-lock.ts';

const NEVER = new AbortController().signal;
const clock = { now: () => new Date('2026-11-28T14:05:00Z') };

function twoLocks() {
  const slots = createSlots({ active: 1, open: 2 });
  const waits: (Wait | null)[] = [];
  const first = new LargeDatasetLock(slots, { clock, onWait: () => undefined });
  const second = new LargeDatasetLock(slots, { clock, onWait: (wait) => waits.push(wait) });
  return { first, second, waits };
}

test('a large dataset reports that it waits for the one before, and that it goes on', async () => {
  const { first, second, waits } = twoLocks();
  const release = await first.acquire(NEVER);
  const acquiring = second.acquire(NEVER);
  expect(waits).toEqual([expect.objectContaining({ kind: 'large-dataset', since: '2026-11-28T14:05:00.000Z', until: null })]);
  release();
  (await acquiring)();
  expect(waits.at(-1)).toBeNull();
});

test('a large dataset whose requests wait lets the next one begin', async () => {
  const { first, second } = twoLocks();
  const release = await first.acquire(NEVER);
  const acquiring = second.acquire(NEVER);
  first.requestsWait(true);
  const releaseSecond = await acquiring;
  first.requestsWait(false);
  releaseSecond();
  release();
  // After its release, what its requests do changes nothing.
  first.requestsWait(true);
  expect(second.isLocked).toBe(false);
});
