import { expect, test } from 'vitest';
import { accountReleasedBytes, prepareForReading } from './memory.ts';

test('released buffers are freed before the heap is full', () => {
  prepareForReading();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let round = 0; round < 200; round++) {
    const { byteLength } = Buffer.alloc(4 << 20, 1);
    accountReleasedBytes(byteLength);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(most).toBeLessThan(256 << 20);
});
