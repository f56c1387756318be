import { expect, it } from 'vitest';
import { isNestedDeeper, isValueDeeper, JSON_DEPTH_MAX } from './json-depth.ts';

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
