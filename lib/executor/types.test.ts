import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { parseCsdl } from '#lib/catalog/csdl/csdl.ts';
import { typeColumns } from '#lib/catalog/datasets/build-columns.ts';
import { COLUMN_TYPE_OF_EDM } from '#lib/domain/dataset/column-type.ts';
import { type Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { toJsonSchema } from '#lib/domain/dataset/row-json-schema.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LakeSettings, LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { fakeDataset, fakeSource, recordingReporter, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { landingDatabase, localLake } from '#lib/targets/built-in.ts';
import { NO_RULES } from '#lib/targets/testing/reload-into.ts';
import { runDatasetReload } from './reload.ts';

/** `JSON as Graph sends it`, text in PostgreSQL, text in Parquet (same as PostgreSQL's when left out). */
type Value = readonly [sent: string, postgres: string | null, parquet?: string | null];

/** A property of each type with its values; the first one is in the first row, and so on. */
const PROPERTIES: Readonly<Record<string, readonly [edm: string, ...values: Value[]]>> = {
  str: ['Edm.String', ['"a \\"b\\" 🙂"', 'a "b" 🙂'], ['""', ''], ['null', null]],
  bool: ['Edm.Boolean', ['true', 'true'], ['false', 'false'], ['null', null]],
  byte: ['Edm.Byte', ['255', '255'], ['0', '0']],
  sbyte: ['Edm.SByte', ['-128', '-128']],
  int16: ['Edm.Int16', ['-32768', '-32768']],
  int32: ['Edm.Int32', ['2147483647', '2147483647'], ['-2147483648', '-2147483648'], ['null', null]],
  int64: ['Edm.Int64', ['9223372036854775807', '9223372036854775807'], ['"9007199254740993"', '9007199254740993']],
  single: ['Edm.Single', ['0.1', '0.1'], ['"INF"', 'Infinity', 'inf']],
  double: ['Edm.Double', ['1.7976931348623157e308', '1.7976931348623157e+308'], ['"NaN"', 'NaN', 'nan'], ['-0.5', '-0.5']],
  decimal: [
    'Edm.Decimal',
    ['12345678901234567890123', '12345678901234567890123'],
    ['"0.12345678901234567890"', '0.12345678901234567890'],
  ],
  at: [
    'Edm.DateTimeOffset',
    ['"2020-03-13T19:15:41.6195833Z"', '2020-03-13 19:15:41.619583+00'],
    ['"2024-01-01T23:59:59.9999999Z"', '2024-01-01 23:59:59.999999+00'],
    ['"0001-01-01T00:00:00Z"', '0001-01-01 00:00:00+00'],
    ['"9999-12-31T23:59:59.9999999Z"', '9999-12-31 23:59:59.999999+00'],
    ['"2024-06-30T12:00:00+02:00"', '2024-06-30 10:00:00+00'],
    ['null', null],
  ],
  day: ['Edm.Date', ['"2024-02-29"', '2024-02-29'], ['"9999-12-31"', '9999-12-31']],
  time: ['Edm.TimeOfDay', ['"23:59:59.9999999"', '23:59:59.999999'], ['"08:00:00.0000000"', '08:00:00']],
  span: ['Edm.Duration', ['"P3DT4H"', 'P3DT4H'], ['"-PT0.0000001S"', '-PT0.0000001S']],
  guid: ['Edm.Guid', ['"6E7B768E-07E2-4810-8459-485F84F8F204"', '6E7B768E-07E2-4810-8459-485F84F8F204']],
  bytes: ['Edm.Binary', ['"AP8="', '\\x00ff', '\\x00\\xFF'], ['"-_8"', '\\xfbff', '\\xFB\\xFF'], ['""', '\\x', '']],
  level: ['n.level', ['"high"', 'high'], ['"notInTheList"', 'notInTheList'], ['""', ''], ['null', null]],
  rights: ['n.rights', ['"read,write"', 'read,write'], ['"read"', 'read']],
  nested: [
    'n.nested',
    [
      '{"a":1,"b":null,"@odata.type":"#n.nested"}',
      '{"a": 1, "b": null, "@odata.type": "#n.nested"}',
      '{"a":1,"b":null,"@odata.type":"#n.nested"}',
    ],
  ],
  open: [
    'n.open',
    ['{"any":{"thing":[9007199254740993]}}', '{"any": {"thing": [9007199254740993]}}', '{"any":{"thing":[9007199254740993]}}'],
  ],
  texts: ['Collection(Edm.String)', ['["a","b"]', '["a", "b"]', '["a","b"]'], ['[]', '[]'], ['null', null]],
  times: ['Collection(Edm.DateTimeOffset)', ['["2020-03-13T19:15:41.6195833Z"]', '["2020-03-13T19:15:41.6195833Z"]']],
  levels: ['Collection(n.level)', ['["low","high"]', '["low", "high"]', '["low","high"]']],
  parts: ['Collection(n.nested)', ['[{"a":1},{"a":null}]', '[{"a": 1}, {"a": null}]', '[{"a":1},{"a":null}]']],
  untyped: ['Edm.Untyped', ['7', '7'], ['"text"', '"text"'], ['{"x":[]}', '{"x": []}', '{"x":[]}']],
};

const MODEL = parseCsdl([
  `<Schema Namespace="n">
    <EnumType Name="level"><Member Name="low"/><Member Name="high"/></EnumType>
    <EnumType Name="rights" IsFlags="true"><Member Name="read"/><Member Name="write"/></EnumType>
    <ComplexType Name="nested"><Property Name="a" Type="Edm.Int32"/></ComplexType>
    <ComplexType Name="open" OpenType="true"/>
    <EntityType Name="thing"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String" Nullable="false"/>
      <Property Name="photo" Type="Edm.Stream"/>
      ${Object.entries(PROPERTIES)
        .map(([name, [edm]]) => `<Property Name="${name}" Type="${edm}"/>`)
        .join('')}
    </EntityType>
  </Schema>`,
]);

function things(change: (column: Column) => Column = (column) => column): DatasetDefinition {
  const base = fakeDataset({ id: 'string' }, { name: 'things', countable: false });
  const columns = typeColumns({ model: MODEL, type: 'n.thing', read: base.read, select: [], polymorphic: false }) ?? [];
  return DatasetDefinition.parse({ ...base, columns: columns.filter(({ name }) => name !== '_extra').map(change) });
}

const ROWS = Math.max(...Object.values(PROPERTIES).map(([, ...values]) => values.length));

/** Rows as Graph would write them: numbers keep their digits only as text. */
function page(): string {
  const rows = Array.from({ length: ROWS }, (_, index) => {
    const members = Object.entries(PROPERTIES).flatMap(([name, [, ...values]]) => {
      const value = values[index];
      return value === undefined ? [] : [`"${name}":${value[0]}`];
    });
    return `{"id":"${index}",${members.join(',')}}`;
  });
  return `{"value":[${rows.join(',')}]}`;
}

async function reload(definition: DatasetDefinition, target: TaskTarget, access: TargetAccess) {
  const report = await runDatasetReload({
    source: fakeSource({ pages: [page()] }),
    definition,
    target,
    runId: 'run_1',
    datasetRunId: 'drun_1',
    deletesConfirmed: false,
    ...{ access, rules: NO_RULES },
    workDir: temporaryFolder(),
    reporter: recordingReporter(),
    clock: { now: () => new Date(0) },
    signal: new AbortController().signal,
  });
  expect(report).toMatchObject({ state: 'done', problem: null });
}

async function landed(definition: DatasetDefinition) {
  const landingUrl = await createEmptyDatabase();
  await reload(
    definition,
    { method: 'reload-and-compare', targetId: 'targ_1', settings: LandingSettings.parse({ schema: 's' }) },
    landingDatabase(landingUrl),
  );
  const client = new pg.Client({ connectionString: landingUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("SET timezone = 'UTC'");
  return client;
}

async function inLake(definition: DatasetDefinition) {
  const lakeDir = temporaryFolder();
  await reload(
    definition,
    { method: 'reload', targetId: 'targ_1', settings: LakeSettings.parse({ folder: 'f' }) },
    localLake(lakeDir),
  );
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  onTestFinished(() => connection.closeSync());
  await connection.run("SET timezone = 'UTC'");
  const files = join(lakeDir, 'f', 'things', '*', '*.parquet').replaceAll("'", "''");
  return async (sql: string) => (await connection.runAndReadAll(sql.replace('$FILES', `read_parquet('${files}')`))).getRowsJson();
}

const CASES = Object.entries(PROPERTIES).flatMap(([name, [edm, ...values]]) =>
  values.map(([sent, postgres, parquet], row) => ({
    name,
    edm,
    sent,
    row,
    postgres,
    parquet: parquet === undefined ? postgres : parquet,
  })),
);

test('every value of every type is in PostgreSQL as it was sent', async () => {
  const client = await landed(things());
  for (const { name, edm, sent, row, postgres } of CASES) {
    const { rows } = await client.query(`SELECT "${name}"::text AS v FROM s.things WHERE id = $1`, [String(row)]);
    expect.soft(rows[0]?.v, `${edm} ${sent}`).toBe(postgres);
  }
});

test('every value of every type is in Parquet as it was sent', async () => {
  const query = await inLake(things());
  for (const { name, edm, sent, row, parquet } of CASES) {
    const [[value] = []] = await query(`SELECT CAST("${name}" AS VARCHAR) FROM $FILES WHERE id = '${row}'`);
    expect.soft(value, `${edm} ${sent}`).toBe(parquet);
  }
});

test('as text a time keeps its seventh digit', async () => {
  const client = await landed(things((column) => (column.name === 'at' ? { ...column, type: 'string' } : column)));
  const { rows } = await client.query('SELECT "at" AS v FROM s.things WHERE id = $1', ['0']);
  expect(rows[0]?.v).toBe('2020-03-13T19:15:41.6195833Z');
});

test('a stream is no column', () => {
  expect(things().columns.map((column) => column.name)).not.toContain('photo');
});

test('docs/types.md says what the code does', async () => {
  const lines = readFileSync('docs/types.md', 'utf8').split('\n');
  const table = lines
    .filter((line) => line.startsWith('| ') && !line.startsWith('| EDM'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
    );
  const dataset = things();
  const client = await landed(dataset);
  const query = await inLake(dataset);
  const { rows } = await client.query(
    "SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 's.things'::regclass AND attnum > 0",
  );
  const postgres = new Map(rows.map(({ name, type }) => [String(name), String(type)]));
  const parquet = new Map(
    (await query('SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM $FILES)')).map(([name, type]) => [name, type]),
  );
  const schema = toJsonSchema('x', [dataset]) as {
    $defs: { things: { properties: Record<string, { type?: string | string[] }> } };
  };
  const documented = (edm: string) =>
    table.find(([type = '']) => type === edm) ??
    table.find(([type = '']) =>
      edm.startsWith('Collection(')
        ? type.startsWith('`Collection')
        : type.startsWith(MODEL.enumTypes.has(edm) ? 'enumeration' : 'complex'),
    );
  for (const column of dataset.columns) {
    const jsonType = [schema.$defs.things.properties[column.name]?.type ?? 'any'].flat()[0];
    expect
      .soft(documented(column.edmType)?.slice(1), column.edmType)
      .toEqual([column.type, postgres.get(column.name), parquet.get(column.name), jsonType]);
  }
  expect(Object.keys(COLUMN_TYPE_OF_EDM).filter((edm) => documented(edm) === undefined)).toEqual([]);
});
