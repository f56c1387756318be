import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LOG_VERSION } from '#lib/domain/dataset/log-dataset.ts';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { type FakeSourceOptions, fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { folder as folderTarget } from '#lib/targets/folder/index.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';
import { Manifest } from './versions.ts';

const PEOPLE = {
  ...fakeDataset({ id: 'string', team: 'string', title: 'string' }),
  parent: { path: '/teams', column: 'team' },
};
const refusal = { name: 'title', reason: 'Graph answered 403.' };
const hidden = { id: 't1', reason: 'Hidden membership.' };

function createLake(format: LakeSettings['format'], dataset: DatasetDefinition = PEOPLE) {
  const lakeDir = temporaryFolder();
  const task = {
    method: 'reload',
    targetId: 'targ_33333333333333333333',
    settings: LakeSettings.parse({ folder: 'hr', format }),
  } as const;
  const access = localLake(lakeDir);
  const reload = (runId: string, source: FakeSourceOptions) => reloadInto({ access, task, dataset, runId, source });
  const folder = () => join(lakeDir, 'hr', 'users', readFileSync(join(lakeDir, 'hr', 'users', 'latest'), 'utf8').trim());
  const manifest = () => Manifest.parse(JSON.parse(readFileSync(join(folder(), 'manifest.json'), 'utf8')));
  const read = () => folderTarget.readRows(access, NO_RULES, { task, dataset: PEOPLE, page: { offset: 0, limit: 3 } });
  return { reload, folder, manifest, read };
}

/** Names of the columns in the files. */
async function columnsIn(folder: string, format: LakeSettings['format']): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = { parquet: 'read_parquet', csv: 'read_csv', jsonl: 'read_json' }[format];
  try {
    const files = readdirSync(folder).filter((name) => name.startsWith('part-'));
    const list = files.map((name) => `'${join(folder, name)}'`).join(', ');
    const extra = format === 'jsonl' ? ", format = 'newline_delimited'" : '';
    return (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${reader}([${list}], hive_partitioning = false${extra})`))
      .getRowsJson()
      .map(([name]) => name);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Enough rows for staged parts to be published as files unchanged. */
const MANY = Array.from({ length: 10 }, (_, page) =>
  Array.from({ length: 1000 }, (_row, row) => ({ id: `p${page}r${row}`, team: 't1', title: 'late' })),
);

test.each(['parquet', 'csv', 'jsonl'] as const)(
  'a column that could not be read is missing from %s, and the manifest says so',
  async (format) => {
    const { reload, folder, manifest, read } = createLake(format);
    const report = await reload('run_1', { pages: MANY, notRead: (index) => (index === 9 ? { unread: [refusal] } : {}) });
    const unread = [{ ...refusal, since: '2026-01-01T00:00:00.000Z' }];
    expect(report).toMatchObject({ state: 'partial', unread });
    expect(manifest()).toMatchObject({ rows: 10_000, unread, columns: [{ name: 'id' }, { name: 'team' }] });
    expect(await columnsIn(folder(), format)).toEqual(['id', 'team']);
    expect(await read()).toMatchObject({ total: 10_000, columns: [{ name: 'id' }, { name: 'team' }] });
    const again = await reload('run_1', { pages: [], beforePage: () => expect.fail('read again') });
    expect(again).toMatchObject({ state: 'partial', unread });
    expect(await reload('run_2', { pages: MANY })).toMatchObject({ state: 'done', unread: [] });
    expect([await columnsIn(folder(), format), manifest().unread]).toEqual([['id', 'team', 'title'], undefined]);
  },
);

test('parents that could not be proven are in the manifest', async () => {
  const { reload, manifest } = createLake('parquet');
  const report = await reload('run_1', { pages: [[{ id: 'a', team: 't2' }]], notRead: () => ({ unproven: [hidden] }) });
  expect(report).toMatchObject({ state: 'partial', unproven: { count: 1, parents: [hidden] } });
  expect(manifest().unproven).toEqual({ count: 1, parents: [hidden] });
});

test('a version of a log says that Graph forgets', async () => {
  const { reload } = createLake('csv', { ...PEOPLE, path: '/auditLogs/signIns' });
  expect((await reload('run_1', { pages: [[{ id: 'a' }]] })).notes).toEqual([LOG_VERSION]);
});

test('a manifest of an older version is read', () => {
  const old = {
    formatVersion: 1,
    runId: 'r',
    dataset: 'd',
    createdAt: '',
    format: 'csv',
    rows: 0,
    bytes: 0,
    columns: [],
    files: [],
  };
  expect(Manifest.parse(old)).toEqual(old);
});
