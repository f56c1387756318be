import { expect, it } from 'vitest';
import { isNestedDeeper, isValueDeeper, JSON_DEPTH_MAX, mayNestDeeply, nestingDepth } from './json-depth.ts';

const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

it('detects nesting that is too deep, whatever strings hold', () => {
  expect(isNestedDeeper(nested(JSON_DEPTH_MAX))).toBe(false);
  expect(isNestedDeeper(nested(JSON_DEPTH_MAX + 2))).toBe(true);
  expect(isNestedDeeper(nested(2_000_000))).toBe(true);
  expect(isNestedDeeper(JSON.stringify(`\\"${'['.repeat(1000)}`))).toBe(false);
  expect(isNestedDeeper(JSON.stringify(Array.from({ length: 1000 }, () => [{}])))).toBe(false);
});

it('bears long strings', () => {
  expect(isNestedDeeper(JSON.stringify('x'.repeat(20_000_000)))).toBe(false);
});

it('detects the same in a value', () => {
  for (const depth of [2, JSON_DEPTH_MAX, JSON_DEPTH_MAX + 2, 200_000]) {
    expect(isValueDeeper(JSON.parse(nested(depth))), String(depth)).toBe(isNestedDeeper(nested(depth)));
  }
  expect(isValueDeeper(null)).toBe(false);
});

it.each([
  ['5', 0],
  ['[]', 1],
  ['{"a":[{"b":[]}],"c":{}}', 4],
  [String.raw`["[[[\"[[","\\",[]]`, 2],
  [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 100_000],
])('the nesting of a document is counted outside of its strings (%#)', (json, depth) => {
  expect(nestingDepth(Buffer.from(json))).toBe(depth);
});

it.each([
  ['brackets', `${'['.repeat(120)}${']'.repeat(120)}`],
  ['objects in arrays', nested(120)],
  ['spaces over several lines', `${'[\n'.repeat(120)}${']\n'.repeat(120)}`],
])('deep nesting that closes with %s is suspected wherever it stands', (_, deep) => {
  for (const before of [0, 1, 31, 32, 63, 64, 65, 1000]) {
    expect(mayNestDeeply(Buffer.from(`${' '.repeat(before)}{"value":[${deep},1]}`)), String(before)).toBe(true);
  }
});

it('an ordinary page is not suspected', () => {
  const rows = Array.from({ length: 999 }, (_, index) => ({ id: String(index), plans: [{ a: [{}] }], text: ']]]]}}' }));
  expect(mayNestDeeply(Buffer.from(JSON.stringify({ value: rows })))).toBe(false);
});
