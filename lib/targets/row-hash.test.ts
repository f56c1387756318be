import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { coverageOf, rowHashSql } from './row-hash.ts';

const COLUMNS = fakeDataset({ a: 'string', b: 'string', n: 'int64', t: 'dateTimeOffset', f: 'boolean', x: 'binary' }).columns;

function hashOf(values: string, names: readonly string[] = COLUMNS.map(({ name }) => name)): Promise<string> {
  const columns = COLUMNS.filter(({ name }) => names.includes(name));
  return hashOfSql(columns, `SELECT * FROM (SELECT ${values}) t(${names.join(', ')})`);
}

async function hashOfSql(columns: readonly Column[], row: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return String((await connection.runAndReadAll(`SELECT ${rowHashSql(columns)} FROM (${row})`)).getRowsJson()[0]?.[0]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const ROW = "'x', '', 5::BIGINT, '2024-01-02 03:04:05.123456Z'::TIMESTAMPTZ, true, '\\x01'::BLOB";

test('a row hash is the same in every version: landed tables hold it', async () => {
  expect(await hashOf(ROW)).toMatchInlineSnapshot(`"-7067089260584475199"`);
});

test.each([
  ['null for empty text', ROW.replace("''", 'NULL::VARCHAR')],
  ['a value in the other column', ROW.replace("'x', ''", "'', 'x'")],
  ['a value that moved into a column that was null', ROW.replace("'x', ''", "NULL::VARCHAR, 'x'")],
  ['a microsecond', ROW.replace('123456', '123457')],
  ['false', ROW.replace('true', 'false')],
  ['another byte', ROW.replace('x01', 'x02')],
])('%s is another row', async (_name, other) => {
  expect(await hashOf(other)).not.toBe(await hashOf(ROW));
});

test('the order of the columns changes nothing', async () => {
  const few = await hashOf("'x', 5::BIGINT", ['a', 'n']);
  expect(await hashOf("5::BIGINT, 'x'", ['n', 'a'])).toBe(few);
});

test('null is not the same as not compared', async () => {
  const few = await hashOf("'x', 5::BIGINT", ['a', 'n']);
  expect(await hashOf("'x', NULL::VARCHAR, 5::BIGINT", ['a', 'b', 'n'])).not.toBe(few);
});

test('another type of a column is another row', () => {
  const column = COLUMNS.filter(({ name }) => name === 'a');
  expect(coverageOf(column.map((one) => ({ ...one, type: 'guid' })))).not.toBe(coverageOf(column));
});

test('beyond as many columns as a number has bits, what is null still counts', async () => {
  const columns = fakeDataset(Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`c${i}`, 'string' as const]))).columns;
  const row = (present: number): string =>
    columns.map(({ name }, i) => `${i === present ? "'x'" : 'NULL::VARCHAR'} AS ${name}`).join(', ');
  const hashes = await Promise.all([0, 62, 63, 64, 126, 129].map((i) => hashOfSql(columns, `SELECT ${row(i)}`)));
  expect(new Set(hashes).size).toBe(hashes.length);
});
