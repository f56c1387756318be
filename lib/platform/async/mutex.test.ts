import { expect, it } from 'vitest';
import { createMutex } from './mutex.ts';

const NEVER = new AbortController().signal;

it('the lock is given to one at a time, in the order asked', async () => {
  const mutex = createMutex();
  const order: string[] = [];
  expect(mutex.isLocked).toBe(false);
  const releaseFirst = await mutex.acquire(NEVER);
  expect(mutex.isLocked).toBe(true);
  const others = ['second', 'third'].map(async (name) => {
    const release = await mutex.acquire(NEVER);
    order.push(name);
    release();
  });
  order.push('first');
  releaseFirst();
  await Promise.all(others);
  expect(order).toEqual(['first', 'second', 'third']);
  expect(mutex.isLocked).toBe(false);
});

it('who gives up waiting holds nobody up', async () => {
  const mutex = createMutex();
  const releaseFirst = await mutex.acquire(NEVER);
  const giveUp = new AbortController();
  const second = mutex.acquire(giveUp.signal);
  const third = mutex.acquire(NEVER);
  giveUp.abort(new Error('cancelled'));
  await expect(second).rejects.toThrow('cancelled');
  releaseFirst();
  (await third)();
});
