import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { asSent, EDGE_CASE_ROWS, expected, HOSTILE, landed, type Row, THINGS } from '#lib/targets/testing/contract-rows.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';

const ROWS: readonly Row[] = [
  ...EDGE_CASE_ROWS,
  ...HOSTILE.map((text, index) => ({ id: `${index}`, text, tags: { text }, 'odd "name" ü': text })),
  { id: 'nothing' },
  { id: 'empty', text: '' },
];
const COMPRESSORS = { ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) };

async function reload(settings: object, rows = ROWS) {
  const root = temporaryFolder();
  const access = localLake(root);
  const parsed = LakeSettings.parse({ folder: 'f', ...settings });
  const task = { method: 'reload', targetId: 'targ_1', settings: parsed } as const;
  const report = await reloadInto({ access, task, dataset: THINGS, runId: 'run_1', source: { pages: [rows] } });
  expect(report).toMatchObject({ state: 'done', problem: null });
  const home = join(root, 'f', 'things', readFileSync(join(root, 'f', 'things', 'latest'), 'utf8').trim());
  const [name = ''] = readdirSync(home).filter((file) => file.startsWith('part-') && !file.endsWith('.dfm'));
  return { access, task, home, name, file: join(home, name) };
}

/** What a reader found, by id: every column of the dataset, with the values converted by `convert` as Graph sent them. */
function read(rows: readonly Row[], convert: (type: ColumnType, value: unknown) => unknown): Record<string, Row> {
  const whole = rows.map((row) =>
    Object.fromEntries(
      THINGS.columns.map(({ name, type }) => [
        name,
        row[name] === undefined || row[name] === null ? null : convert(type, row[name]),
      ]),
    ),
  );
  return Object.fromEntries(whole.map((row) => [String(row['id']), row]));
}

test.each([
  {},
  { csv: { delimiter: ';', nullText: 'NULL' } },
  { csv: { delimiter: '\t', quote: "'", nullText: '\\N' }, compression: 'gzip' },
  { csv: { delimiter: '|', header: false }, compression: 'zstd' },
  { csv: { bom: true } },
])('CSV %j is read back by a strict parser of RFC 4180, and by the page', async (settings) => {
  const { access, task, file } = await reload({ format: 'csv', ...settings });
  expect(await landed(access, task)).toEqual(expected(ROWS));
  const { csv, compression } = task.settings;
  const unpack = { none: (bytes: Buffer) => bytes, gzip: gunzipSync, zstd: zstdDecompressSync }[compression];
  const bytes = unpack(readFileSync(file));
  expect(bytes.subarray(0, 3).equals(Buffer.from('\uFEFF'))).toBe(csv.bom);
  const names = THINGS.columns.map(({ name }) => name);
  const rows = parse(bytes, {
    ...{ bom: csv.bom, delimiter: csv.delimiter, quote: csv.quote, escape: csv.quote, record_delimiter: '\r\n' },
    columns: csv.header ? true : names,
    cast: (text: string, { quoting }: { quoting: boolean }) => (text === csv.nullText && !quoting ? null : text),
  }) as unknown as Record<string, string | null>[];
  expect(Object.keys(rows[0] ?? {})).toEqual(names);
  expect(read(rows, (type, text) => asSent(type, text as string))).toEqual(expected(ROWS));
});

test('with the guard no text of a CSV file is a formula, and numbers stay numbers', async () => {
  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'];
  const rows = formulas.map((text, index) => ({ id: `${index}`, text, number: -1, exact: '-2.5', lasts: '-PT1S' }));
  const { file } = await reload({ format: 'csv', csv: { formulaGuard: true } }, rows);
  const found = parse(readFileSync(file), { columns: true, record_delimiter: '\r\n' }) as unknown as Record<string, string>[];
  expect(found.map((row) => row['text'])).toEqual(formulas.map((text) => `'${text}`));
  expect(found[0]).toMatchObject({ number: '-1', exact: '-2.5', lasts: '-PT1S' });
});

test.each(['none', 'gzip', 'zstd'] as const)(
  'JSON lines with compression %s are read back by JSON.parse',
  async (compression) => {
    const { access, task, file, name } = await reload({ format: 'jsonl', compression });
    expect(await landed(access, task)).toEqual(expected(ROWS));
    const bytes = { none: (raw: Buffer) => raw, gzip: gunzipSync, zstd: zstdDecompressSync }[compression](readFileSync(file));
    const rows = bytes
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line, keepDigits as (key: string, value: unknown) => unknown) as Row);
    expect(read(rows, (_, value) => value)).toEqual(expected(ROWS));
    expect(name).toBe(`part-00000.jsonl${{ none: '', gzip: '.gz', zstd: '.zst' }[compression]}`);
  },
);

test('Parquet has statistics and the logical types of the format, and is read back by a second reader', async () => {
  const { file } = await reload({});
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  const logical = Object.fromEntries(
    metadata.schema
      .slice(1)
      .map(({ name, type, converted_type, logical_type }) => [name, logical_type?.type ?? converted_type ?? type]),
  );
  expect(logical).toMatchObject({
    ...{ id: 'UTF8', flag: 'BOOLEAN', number: 'INT_32', large: 'INT_64', ratio: 'DOUBLE', exact: 'UTF8' },
    ...{ at: 'TIMESTAMP', day: 'DATE', clock: 'TIME', lasts: 'UTF8', raw: 'BYTE_ARRAY', tags: 'JSON' },
  });
  const statistics = metadata.row_groups[0]?.columns.map(({ meta_data }) => meta_data?.statistics?.null_count);
  expect(statistics?.every((count) => count !== undefined)).toBe(true);
  const rows = await parquetReadObjects({
    ...{ file: buffer, compressors: COMPRESSORS, utf8: false },
    parsers: { timestampFromMicroseconds: (micros: bigint) => micros, dateFromDays: (days: number) => days },
  });
  expect(read(rows, fromParquet)).toEqual(expected(ROWS));
});

/** A number of 64 bits is more than a number of JavaScript holds: its text is compared. */
function keepDigits(key: string, value: unknown, context: { readonly source: string }): unknown {
  return key === 'large' && typeof value === 'number' ? context.source : value;
}

/** Values with the type that the logical type of the format means, as Graph sent them; others are an error. */
function fromParquet(type: ColumnType, value: unknown): unknown {
  if (type === 'int64' && typeof value === 'bigint') return String(value);
  if (type === 'binary' && value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (type === 'date' && typeof value === 'number') return new Date(value * 86_400_000).toISOString().slice(0, 10);
  if (type === 'dateTimeOffset' && typeof value === 'bigint') {
    const seconds = value / 1_000_000n;
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction(value % 1_000_000n)}Z`;
  }
  if (type === 'timeOfDay' && typeof value === 'bigint')
    return `${new Date(Number(value / 1000n)).toISOString().slice(11, 19)}${fraction(value % 1_000_000n)}`;
  const kind = { boolean: 'boolean', int32: 'number', double: 'number', json: 'object' }[type as string] ?? 'string';
  if (typeof value !== kind) throw new TypeError(`${type} is read as ${typeof value}`);
  return value;
}

function fraction(micros: bigint): string {
  return micros === 0n ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`;
}

test('a metadata file in the form of Qlik is beside each file', async () => {
  const { home } = await reload({ format: 'csv', dfm: true });
  expect(JSON.parse(readFileSync(join(home, 'part-00000.dfm'), 'utf8'))).toMatchObject({
    fileInfo: { name: 'part-00000', extension: 'csv', recordCount: ROWS.length, content: 'data' },
    formatInfo: { format: 'delimited', options: { fieldDelimiter: ',', quoteChar: '"' } },
    dataInfo: {
      targetTable: 'things',
      columns: expect.arrayContaining([expect.objectContaining({ name: 'id', primaryKeyPos: 1 })]),
    },
  });
});

test('tables over files that are no Parquet, and a byte order mark in a compressed file, are refused', () => {
  const paths = (settings: object) =>
    LakeSettings.safeParse({ folder: 'f', ...settings }).error?.issues.map(({ path }) => path.join('.'));
  expect(paths({ format: 'csv', tables: 'delta' })).toEqual(['tables']);
  expect(paths({ format: 'csv', csv: { bom: true }, compression: 'gzip' })).toEqual(['csv.bom']);
  expect(paths({ folder: '' })).toBeUndefined();
});
