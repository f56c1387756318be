import { expect, it } from 'vitest';
import { mapConcurrently, mergeAsync } from './map-concurrently.ts';

it('yields results as they come, and works on no more items at once than the limit', async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  let running = 0;
  let most = 0;
  const results = mapConcurrently([0, 1, 2, 3], 2, async (item) => {
    most = Math.max(most, ++running);
    await gates[item]?.promise;
    running--;
    return item;
  });
  gates[1]?.resolve();
  expect(await results.next()).toEqual({ done: false, value: 1 });
  for (const gate of gates) gate.resolve();
  expect((await Array.fromAsync(results)).sort()).toEqual([0, 2, 3]);
  expect(most).toBe(2);
});

it('begins no further item after a failure', async () => {
  const begun: number[] = [];
  const results = mapConcurrently([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 0) throw new Error('refused');
    return new Promise<number>(() => undefined);
  });
  await expect(Array.fromAsync(results)).rejects.toThrow('refused');
  expect(begun).toEqual([0, 1]);
});

it('merges iterations until all have ended, and ends the others when one fails', async () => {
  async function* count(from: number, to: number) {
    for (let value = from; value < to; value++) yield value;
  }
  expect((await Array.fromAsync(mergeAsync([count(0, 3), count(10, 12)]))).sort((a, b) => a - b)).toEqual([0, 1, 2, 10, 11]);
  let ended = false;
  async function* endless() {
    try {
      for (;;) yield 1;
    } finally {
      ended = true;
    }
  }
  async function* failing() {
    yield 2;
    throw new Error('broken');
  }
  await expect(Array.fromAsync(mergeAsync<number>([endless(), failing()]))).rejects.toThrow('broken');
  expect(ended).toBe(true);
});
