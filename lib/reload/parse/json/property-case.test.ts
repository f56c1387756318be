import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { PropertyCase } from './property-case.ts';

function normalizeCase(paths: readonly string[], text: string) {
  const columns: Record<string, ColumnType> = Object.fromEntries(paths.map((path) => [path, 'string']));
  const { body, conflicts } = new PropertyCase(fakeDataset(columns, { key: [] }).columns).normalize(Buffer.from(text));
  return { text: Buffer.from(body).toString(), conflicts };
}

const rows = (...values: readonly string[]) => `{"@odata.context":"x","value":[${values.join(',')}]}`;

test('each row is looked at by itself', () => {
  const page = rows('{"id":1}', '{"id":2,"manufacturer":"a"}', '{"id":3,"Manufacturer":"b"}', '{"ID":4,"MANUFACTURER":null}');
  expect(normalizeCase(['id', 'manufacturer'], page).text).toBe(
    rows('{"id":1}', '{"id":2,"manufacturer":"a"}', '{"id":3,"manufacturer":"b"}', '{"id":4,"manufacturer":null}'),
  );
});

test('nested objects, items of collections and annotations follow the same rules', () => {
  const paths = ['web.uris[].@item', 'web.uris[].id', 'manager.displayName', 'x@odata.type', 'l[]', '@parent.id'];
  const page = rows(
    '{"@parent.id":"1","Web":{"URIs":[{"Id":1},{"id":2,"Other":{"ID":3}}]},"Manager":{"DisplayName":"{\\"ID\\": [","Id":5},"X@odata.type":"t","L":["a"]}',
  );
  expect(normalizeCase(paths, page).text).toBe(
    rows(
      '{"@parent.id":"1","web":{"uris":[{"id":1},{"id":2,"Other":{"ID":3}}]},"manager":{"displayName":"{\\"ID\\": [","Id":5},"x@odata.type":"t","l":["a"]}',
    ),
  );
});

test.each([
  ['{"a":1,"A":2}', '{"a":1,"A":2}', ['a']],
  ['{"A":2,"a":1}', '{"A":2,"a":1}', ['a']],
  ['{"a":1,"A":1}', '{"a":1,"A":1}', []],
  ['{"a":1,"A":null}', '{"a":1,"A":null}', []],
  ['{"a":null,"A":2}', '{"A":null,"a":2}', []],
  ['{"A":null,"a" : null }', '{"A":null,"a" : null }', []],
  ['{"\\u0041":3}', '{"a":3}', []],
])('of two spellings in one object that with a value counts, the exact one first: %s', (row, expected, conflicts) => {
  expect(normalizeCase(['a'], rows(row))).toEqual({ text: rows(expected), conflicts });
});

test('of several inexact spellings the first with a value counts', () => {
  expect(normalizeCase(['ab'], rows('{"Ab":null,"AB":2,"aB":3}'))).toEqual({
    text: rows('{"Ab":null,"ab":2,"aB":3}'),
    conflicts: ['ab'],
  });
});

test('names that columns spell in two ways at two depths keep apart', () => {
  expect(normalizeCase(['Type', 'a.type'], rows('{"type":1,"a":{"Type":2}}')).text).toBe(rows('{"Type":1,"a":{"type":2}}'));
});

test('a page without anything to do stays the very same bytes', () => {
  const spelling = new PropertyCase(fakeDataset({ id: 'string', manufacturer: 'string' }).columns);
  for (const text of [
    rows('{"id":1}'),
    '{"value":[]}',
    '',
    'no JSON',
    '{"value":[{"ID":1',
    '{"Value":[{"id":1}]}',
    '{"error":{"ID":1}}',
  ]) {
    const body = Buffer.from(text);
    expect(spelling.normalize(body).body).toBe(body);
  }
});

test('whatever the spellings and the values, each row ends as a reading without case has it', () => {
  const name = fc.constantFrom('ab', 'Ab', 'aB', 'AB', 'c', 'C', 'other');
  const row = fc.dictionary(name, fc.oneof(fc.constant(null), fc.string(), fc.double(), fc.jsonValue()));
  fc.assert(
    fc.property(fc.array(row), fc.nat(2), (given, indent) => {
      const text = normalizeCase(['ab', 'c'], JSON.stringify({ value: given }, null, indent)).text;
      const respelt = (JSON.parse(text) as { value: Record<string, unknown>[] }).value;
      // Through JSON once: what it can't hold (-0, __proto__) is no matter here.
      const rowsGiven = (JSON.parse(JSON.stringify({ value: given })) as { value: Record<string, unknown>[] }).value;
      for (const [index, object] of rowsGiven.entries()) {
        for (const wanted of ['ab', 'c']) {
          const spelt = Object.entries(object).filter(([key]) => key.toLowerCase() === wanted);
          const exact = spelt.find(([key, value]) => key === wanted && value !== null);
          const expected = exact ?? spelt.find(([, value]) => value !== null);
          expect(respelt[index]?.[wanted] ?? null).toEqual(expected?.[1] ?? null);
        }
      }
    }),
  );
});
