import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';

const TIMES = {
  '2024-05-06T01:38:09Z': '2024-05-06T01:38:09Z',
  '2024-05-06T01:38:09.1200000Z': '2024-05-06T01:38:09.12Z',
  '2024-05-06T01:38:09.1234567+02:00': '2024-05-05T23:38:09.123456Z',
  '1899-12-31T23:59:59Z': '1899-12-31T23:59:59Z',
  '1582-10-04T12:00Z': '1582-10-04T12:00:00Z',
  '0001-01-01T00:00:00Z': '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.9999999Z': '9999-12-31T23:59:59.999999Z',
} as const;

const COMPRESSORS = { ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) };

/** Reloads `copies` rows with each of these times, and returns the paths of the files. */
async function reload(format: LakeSettings['format'], copies = 1): Promise<readonly string[]> {
  const lakeDir = temporaryFolder();
  const settings = LakeSettings.parse({ folder: 'f', format });
  const dataset = fakeDataset({ id: 'string', at: 'dateTimeOffset', day: 'date', clock: 'timeOfDay' }, { name: 'events' });
  const rows = Array.from({ length: copies }, (_, copy) =>
    Object.keys(TIMES).map((at, index) => ({ id: `${copy}-${index}`, at, day: at.slice(0, 10), clock: '12:34' })),
  );
  const report = await reloadInto({
    access: localLake(lakeDir),
    task: { method: 'reload', targetId: 'targ_1', settings },
    dataset,
    runId: 'run_1',
    source: { pages: [[...rows.flat(), { id: 'none' }], []] },
  });
  expect(report).toMatchObject({ state: 'done', problem: null });
  const home = join(lakeDir, 'f', 'events', readFileSync(join(lakeDir, 'f', 'events', 'latest'), 'utf8').trim());
  return readdirSync(home)
    .filter((name) => name.startsWith('part-'))
    .map((name) => join(home, name));
}

test('times in JSON lines are RFC 3339, as the JSON Schema says', async () => {
  const [file = ''] = await reload('jsonl');
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows.map(({ at }) => at)).toEqual([...Object.values(TIMES), null]);
  expect(rows[0]).toEqual({ id: '0-0', at: '2024-05-06T01:38:09Z', day: '2024-05-06', clock: '12:34:00' });
});

test('times in CSV are RFC 3339', async () => {
  const [file = ''] = await reload('csv');
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  expect(lines.map((line) => line.split(',')[1])).toEqual([...Object.values(TIMES), '']);
});

// From 8,000 rows on a staged part becomes a file unchanged; fewer rows are written again.
test.each([
  ['written again', 1],
  ['a staged part as it is', 1200],
])('a second reader of Parquet finds the calendar that Spark asks for, and the times: %s', async (_, copies) => {
  const [path = ''] = await reload('parquet', copies);
  const file = await asyncBufferFromFile(path);
  const { key_value_metadata: metadata, schema } = await parquetMetadataAsync(file);
  expect(metadata).toContainEqual({ key: 'org.apache.spark.version', value: '3.1.0' });
  expect(metadata?.some(({ key }) => key.startsWith('org.apache.spark.legacy'))).toBe(false);
  const type = schema.find(({ name }) => name === 'at');
  expect([type?.type, type?.logical_type]).toEqual(['INT64', { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' }]);
  const rows = await parquetReadObjects({
    file,
    compressors: COMPRESSORS,
    // Raw values: microseconds and days since 1970, which a JavaScript Date would round.
    parsers: { timestampFromMicroseconds: (micros: bigint) => micros, dateFromDays: (days: number) => days },
  });
  expect(rows).toHaveLength(copies * Object.keys(TIMES).length + 1);
  for (const [index, text] of Object.values(TIMES).entries()) {
    const row = rows.find(({ id }) => id === `0-${index}`);
    const [, second = '', fraction = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(text) ?? [];
    const micros = BigInt(Date.parse(`${second}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
    expect.soft(row?.['at'], text).toBe(micros);
  }
});
