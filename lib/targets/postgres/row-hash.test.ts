import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { rowHashSql } from './compare-stage.ts';

const COLUMNS = fakeDataset({ a: 'string', b: 'string', n: 'int64', t: 'dateTimeOffset', f: 'boolean', x: 'binary' }).columns;

async function hashOf(values: string, names: readonly string[] = COLUMNS.map(({ name }) => name)): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const columns = COLUMNS.filter(({ name }) => names.includes(name));
    const sql = `SELECT ${rowHashSql(columns)} FROM (SELECT ${values}) t(${names.join(', ')})`;
    return String((await connection.runAndReadAll(sql)).getRowsJson()[0]?.[0]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const ROW = "'x', '', 5::BIGINT, '2024-01-02 03:04:05.123456Z'::TIMESTAMPTZ, true, '\\x01'::BLOB";

test('a row hash is the same in every version: landed tables hold it', async () => {
  expect(await hashOf(ROW)).toMatchInlineSnapshot(`"-953200573535392387"`);
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

test('an empty column more, and another order, change nothing', async () => {
  const few = await hashOf("'x', 5::BIGINT", ['a', 'n']);
  expect(await hashOf("5::BIGINT, NULL::VARCHAR, 'x'", ['n', 'b', 'a'])).toBe(few);
});
