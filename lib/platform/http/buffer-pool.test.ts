import { expect, test } from 'vitest';
import { giveBody, takeBody } from './buffer-pool.ts';

test('memory that was given back is used again, and never by two at once', () => {
  const first = takeBody(300_000);
  const second = takeBody(300_000);
  expect(first.buffer).not.toBe(second.buffer);
  giveBody(first);
  giveBody(first);
  const third = takeBody(290_000);
  expect([third.buffer === first.buffer, third.byteLength]).toEqual([true, 290_000]);
  expect(takeBody(290_000).buffer).not.toBe(first.buffer);
});

test('bodies from elsewhere are not taken in', () => {
  const foreign = Buffer.alloc(300_000, 'x');
  giveBody(foreign);
  giveBody(foreign.subarray(10));
  takeBody(300_000).fill(0);
  expect(foreign.every((byte) => byte === 0x78)).toBe(true);
});
