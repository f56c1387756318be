import { expect, it } from 'vitest';
import { estimateRunSeconds } from './dataset-concurrency.ts';

const small = (seconds: number | null) => ({ rows: 10, seconds });
const large = (seconds: number) => ({ rows: 1_000_000, seconds });

it.each([
  ['nothing', [], 0],
  ['fewer than go at once: the longest', [small(1), small(5), small(2)], 5],
  ['more: each begins where one has ended', [small(4), small(4), small(4), small(1), small(2), small(2)], 5],
  ['large ones: one after the other, the small ones beside', [large(10), large(10), small(3), small(3), small(3)], 20],
  ['of unknown time: as if they took none', [small(null), small(2)], 2],
])('%s', (_, datasets, seconds) => {
  expect(estimateRunSeconds(datasets)).toBe(seconds);
});
