import { expect, it } from 'vitest';
import { isNestedDeeper, isValueDeeper, JSON_DEPTH_MAX, nestingDepth } from './json-depth.ts';

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
