import { expect, test } from 'vitest';
import { acquireBuffer, releaseBuffer } from './buffer-pool.ts';

test('memory that was given back is used again, and never by two at once', () => {
  const first = acquireBuffer(300_000);
  const second = acquireBuffer(300_000);
  expect(first.buffer).not.toBe(second.buffer);
  releaseBuffer(first);
  releaseBuffer(first);
  const third = acquireBuffer(290_000);
  expect([third.buffer === first.buffer, third.byteLength]).toEqual([true, 290_000]);
  expect(acquireBuffer(290_000).buffer).not.toBe(first.buffer);
});

test('bodies from elsewhere are not taken in', () => {
  const foreign = Buffer.alloc(300_000, 'x');
  releaseBuffer(foreign);
  releaseBuffer(foreign.subarray(10));
  acquireBuffer(300_000).fill(0);
  expect(foreign.every((byte) => byte === 0x78)).toBe(true);
});
