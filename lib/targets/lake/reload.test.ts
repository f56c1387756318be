import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { type FakeSourceOptions, fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { folder } from '#lib/targets/folder/index.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';
import { Manifest } from './versions.ts';

const EVENTS = fakeDataset(
  {
    id: 'string',
    at: 'dateTimeOffset',
    count: 'int64',
    amount: 'decimal',
    open: 'boolean',
    raw: 'binary',
    tags: 'json',
    text: 'string',
  },
  { name: 'events' },
);
const HOSTILE = 'semi;colon, "quotes" \'single\' \\back\nline\ttab 日本語 🌿 \u202Ertl';
const ROW = {
  id: 'a',
  at: '2024-02-29T10:00:00.1234567Z',
  count: 9007199254740993n,
  amount: '12345678901234567890.0001',
  open: true,
  raw: 'AQID',
  tags: [{ a: 1 }],
  text: HOSTILE,
};
const page = (rows: readonly Record<string, unknown>[]) =>
  JSON.stringify({ value: rows }, (_, value: unknown) => (typeof value === 'bigint' ? `§${value}§` : value)).replaceAll(
    /"§(\d+)§"/g,
    '$1',
  );

function taskOf(settings: Partial<LakeSettings>) {
  return {
    method: 'reload',
    targetId: 'targ_33333333333333333333',
    settings: LakeSettings.parse({ folder: 'hr', ...settings }),
  } as const;
}

function createLake() {
  const lakeDir = temporaryFolder();
  const access = localLake(lakeDir);
  let second = 0;
  const reload = (
    runId: string,
    source: FakeSourceOptions,
    settings: Partial<LakeSettings> = {},
    signal = new AbortController().signal,
    now = new Date(Date.UTC(2026, 0, 1, 0, 0, second++)).toISOString(),
  ) => {
    return reloadInto({ access, task: taskOf(settings), dataset: EVENTS, runId, source, signal, now });
  };
  const home = join(lakeDir, 'hr', 'events');
  const versions = () =>
    readdirSync(home)
      .filter((name) => name.startsWith('v='))
      .sort();
  const latest = () => readFileSync(join(home, 'latest'), 'utf8').trim();
  const read = (format: LakeSettings['format'] = 'parquet') =>
    folder.readRows(access, NO_RULES, { task: taskOf({ format }), dataset: EVENTS, page: { offset: 0, limit: 10 } });
  return { lakeDir, home, reload, versions, latest, read };
}

test.each(['parquet', 'csv', 'jsonl'] as const)('values come back from %s as Graph sent them', async (format) => {
  const { reload, read } = createLake();
  const empty = { id: 'b', text: '' };
  expect(await reload('run_1', { pages: [page([ROW, empty])], counts: [2] }, { format })).toMatchObject({
    state: 'done',
    counts: { inserted: 2 },
  });
  const { rows, total, columns } = await read(format);
  expect(total).toBe(2);
  const [first, second] = rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
  expect(first).toMatchObject({ id: 'a', count: '9007199254740993', amount: '12345678901234567890.0001', text: HOSTILE });
  expect(String(first?.['open'])).toBe('true');
  expect(String(first?.['at']).replace('T', ' ')).toMatch(/^2024-02-29 10:00:00\.123456(\+00|Z)?/);
  expect(JSON.parse(String(first?.['tags']))).toEqual([{ a: 1 }]);
  expect(second).toMatchObject({ id: 'b', tags: null, open: null });
});

test('the manifest tells the truth about every file', async () => {
  const { reload, home, latest } = createLake();
  await reload('run_1', { pages: [page([ROW])], counts: [1] });
  const folder = join(home, latest());
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  expect(manifest).toMatchObject({ runId: 'run_1', dataset: 'events', rows: 1, format: 'parquet' });
  for (const file of manifest.files) {
    const bytes = readFileSync(join(folder, file.name));
    expect({ bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') }).toEqual({
      bytes: file.bytes,
      sha256: file.sha256,
    });
  }
  expect(existsSync(join(folder, '_SUCCESS'))).toBe(true);
});

test('versions beyond those kept go, and so do the halves that dead runs left', async () => {
  const { reload, home, versions, latest } = createLake();
  mkdirSync(join(home, 'v=20200101T000000Z-run_dead'), { recursive: true });
  writeFileSync(join(home, 'v=20200101T000000Z-run_dead', 'part-00000.parquet'), 'half');
  for (let round = 1; round <= 4; round++)
    await reload(`run_${round}`, { pages: [page([ROW])], counts: [1] }, { versionsKept: 1 });
  expect(versions().map((name) => name.split('-').at(-1))).toEqual(['run_3', 'run_4']);
  expect(latest()).toBe(versions().at(-1));
});

test('with days in the folder each version is below its day, and they go as the others do', async () => {
  const { reload, home, versions, latest, read } = createLake();
  const dated = { folder: 'hr/{dataset}/{date}', versionsKept: 1 };
  const days = () => readdirSync(home).filter((name) => /^[2v]/.test(name));
  const run = (runId: string, settings: Partial<LakeSettings>, now: string) =>
    reload(runId, { pages: [page([ROW])], counts: [1] }, settings, undefined, now);
  await run('run_1', { folder: 'hr' }, '2026-01-01T00:00:00Z');
  await run('run_2', dated, '2026-01-01T23:59:59Z');
  expect(days()).toEqual(['2026-01-01', versions()[0]]);
  await run('run_3', dated, '2026-01-02T00:00:01Z');
  expect([days(), latest()]).toEqual([['2026-01-01', '2026-01-02'], '2026-01-02/v=20260102T000001Z-run_3']);
  expect(existsSync(join(home, latest(), '_SUCCESS'))).toBe(true);
  await run('run_4', dated, '2026-01-03T00:00:00Z');
  expect(days()).toEqual(['2026-01-02', '2026-01-03']);
  expect((await read()).total).toBe(1);
});

test('a reload that fails or is cancelled leaves latest and its version as they were', async () => {
  const { reload, versions, latest, read } = createLake();
  await reload('run_1', { pages: [page([ROW])], counts: [1] });
  const before = [versions(), latest()];
  expect(await reload('run_2', { pages: [page([ROW])], counts: [9] })).toMatchObject({ state: 'incomplete' });
  const stop = new AbortController();
  const report = await reload(
    'run_3',
    { pages: [page([ROW]), page([ROW])], counts: [null], beforePage: (index) => (index === 1 ? stop.abort() : undefined) },
    {},
    stop.signal,
  );
  expect(report.state).toBe('cancelled');
  expect([versions(), latest()]).toEqual(before);
  expect((await read()).total).toBe(1);
});

test('a lake below a file is refused in words and nothing is left', async () => {
  const { reload, lakeDir } = createLake();
  writeFileSync(join(lakeDir, 'hr'), '');
  chmodSync(join(lakeDir, 'hr'), 0o600);
  expect(await reload('run_1', { pages: [page([ROW])], counts: [1] })).toMatchObject({
    state: 'failed',
    problem: { code: 'lake-not-a-folder' },
  });
});

test('an empty dataset is a version with its columns and no rows', async () => {
  const { reload, read } = createLake();
  expect(await reload('run_1', { pages: [page([])], counts: [0] })).toMatchObject({ state: 'done', counts: { inserted: 0 } });
  expect(await read()).toMatchObject({ rows: [], total: 0 });
});

test('a dataset that was never landed says so', async () => {
  await expect(createLake().read()).rejects.toMatchObject({ code: 'not-landed-yet' });
});
