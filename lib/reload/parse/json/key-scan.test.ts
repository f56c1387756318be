import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import loadWabt from 'wabt';
import { KeyScan } from './key-scan.ts';
import { KEY_SCAN_MODULE } from './key-scan-module.ts';

/** Names that a scan hands out, in their order. */
function namesIn(text: string, scan = new KeyScan()): readonly string[] {
  const names: string[] = [];
  scan.finds(Buffer.from(text), (name) => {
    names.push(name);
    return false;
  });
  return names;
}

function namesOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(namesOf)];
}

test('the module is its source, assembled', async () => {
  const wabt = await loadWabt();
  const source = wabt.parseWat('key-scan.wat', readFileSync('lib/reload/parse/json/key-scan.wat', 'utf8'), { simd: true });
  expect(Buffer.from(source.toBinary({}).buffer).toString('base64')).toBe(KEY_SCAN_MODULE);
});

test('every name is handed out once, and text that looks like one never', () => {
  expect(namesIn('{"a":{"b":[{"c":1,"a":"x\\": {"}]},"d" \n :"e"}')).toEqual(['a', 'b', 'c', 'd']);
  const scan = new KeyScan();
  expect(namesIn('{"a":1,"b":2}', scan)).toEqual(['a', 'b']);
  expect(namesIn('{"b":1,"c":2,"cb":3,"B":4}', scan)).toEqual(['c', 'cb', 'B']);
});

test('names with escapes, long ones and more than fit are handed out too', () => {
  expect(namesIn('{"a\\u0062":1}')).toEqual(['ab']);
  const names = Array.from({ length: 400 }, (_, index) => `${'n'.repeat(index)}${index}`);
  expect(namesIn(`{${names.map((name) => `"${name}":1`).join()}}`)).toEqual(names);
});

test.each(Array.from({ length: 40 }, (_, index) => index))(
  'a name at the edge of a window is found, %i bytes before it',
  (shift) => {
    const head = '{"text":"';
    const text = `${head}${'x'.repeat((1 << 20) - head.length - shift)}","extension_0123_costCenter":1,"last":2}`;
    expect(namesIn(text)).toEqual(['text', 'extension_0123_costCenter', 'last']);
  },
);

test('whatever the document, none of its names is missed', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(2), (text, indent) => {
      const value: unknown = JSON.parse(text);
      const found = new Set(namesIn(JSON.stringify(value, null, indent)));
      // What contains a quote or ends in a backslash is no name of OData: PropertyCase seeks none, and none hides another one.
      const missed = namesOf(value).filter((name) => !/"|\\$/.test(name) && !found.has(name));
      expect(missed).toEqual([]);
    }),
  );
});

test('garbage ends in no name or some, never in a fault', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !new KeyScan().finds(bytes, () => false)));
});

test('names of every hash are looked up in the second window of a document, too', () => {
  const scan = new KeyScan();
  const names = Array.from({ length: 5000 }, (_, index) => `"n${index}":"\u00ff\u00ff\u00ff\u00ff"`).join(',');
  const rows = Array.from({ length: 40 }, () => `{${names}}`).join(',');
  expect(scan.finds(Buffer.from(`{"value":[${rows}]}`), (name) => name === 'none')).toBe(false);
});
