import { expect, test } from 'vitest';
import { AsyncQueue } from './async-queue.ts';

async function collect<T>(queue: AsyncQueue<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of queue) values.push(value);
  return values;
}

test('values come in the order they were pushed, and the end after them', async () => {
  const queue = new AsyncQueue<number>(10);
  const all = collect(queue);
  for (let value = 0; value < 100; value++) await queue.push(value, 1);
  queue.end();
  expect(await all).toEqual(Array.from({ length: 100 }, (_, index) => index));
});

test('a producer waits while more than the most lies unread', async () => {
  const queue = new AsyncQueue<string>(2);
  await queue.push('a', 1);
  await queue.push('b', 1);
  let pushed = false;
  const third = queue.push('c', 1).then(() => {
    pushed = true;
  });
  await Promise.resolve();
  expect(pushed).toBe(false);
  const reader = queue[Symbol.asyncIterator]();
  expect((await reader.next()).value).toBe('a');
  await third;
  expect(pushed).toBe(true);
});

test('an error comes at once, before what lies in the queue', async () => {
  const queue = new AsyncQueue<number>(10);
  await queue.push(1, 1);
  queue.end(new Error('broken'));
  await expect(collect(queue)).rejects.toThrow('broken');
});

test('a consumer that leaves lets the producers go', async () => {
  const queue = new AsyncQueue<number>(1);
  void queue.push(1, 1);
  const second = queue.push(2, 1);
  for await (const _ of queue) break;
  await second;
  await queue.push(3, 1);
});
