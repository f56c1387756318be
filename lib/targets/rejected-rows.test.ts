import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { type FakeSourceOptions, fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from './built-in.ts';
import { Manifest } from './lake/versions.ts';
import { createLanding, type Landing } from './postgres/testing/landing.ts';
import { createTarget } from './postgres/testing/loading.ts';
import { reloadInto } from './testing/reload-into.ts';

const USERS = fakeDataset({ id: 'string', n: 'int32' });
const SET_ASIDE = { unreadableRows: 'set-aside' } as const;
const row = (id: string, n: number | string) => ({ id, n });
const BEFORE = [row('a', 1), row('b', 1), row('c', 1), row('d', 1)];
/** `b` is rejected, `c` changed, `d` is gone, `e` is new. */
const NOW = [row('a', 1), row('b', 'x'), row('c', 2), row('e', 1)];
const REJECTED = {
  count: 1,
  rows: [{ key: 'b', column: 'n', reason: 'Column n holds a value that is not int32: text of 1 characters.' }],
};
const SELECT_REJECTED = 'SELECT hdr__run_id, hdr__key, hdr__column, hdr__row FROM hr.users__rejected';
const TABLE = [{ hdr__run_id: 'run_2', hdr__key: 'b', hdr__column: 'n', hdr__row: '{"id":"b","n":"x"}' }];
const valuesOf = async (read: (sql: string) => Promise<Record<string, unknown>[]>): Promise<string> =>
  (await read('SELECT id || n AS v FROM hr.users ORDER BY id, n')).map(({ v }) => v).join(' ');

describe('reload and compare', () => {
  const reload = (landing: Landing, runId: string, source: FakeSourceOptions, incremental = {}) =>
    landing.reload({ runId, source, dataset: USERS, settings: { ...SET_ASIDE, deleteShareMax: 1 }, incremental });

  test('rows that cannot be taken are in __rejected; landed rows of their keys stay, the others are compared', async () => {
    const landing = await createLanding();
    await reload(landing, 'run_1', { pages: [BEFORE] });
    const report = await reload(landing, 'run_2', { pages: [NOW] });
    expect(report).toMatchObject({ state: 'partial', rejected: REJECTED, counts: { inserted: 1, updated: 1, deleted: 1 } });
    expect(report.notes.join()).toContain('1 row could not be stored and is in hr.users__rejected');
    expect(await valuesOf(landing.rows)).toBe('a1 b1 c2 e1');
    expect(await landing.rows(SELECT_REJECTED)).toEqual(TABLE);
    expect(await landing.rows("SELECT id FROM hr.users__ct WHERE hdr__run_id = 'run_2' AND id = 'b'")).toEqual([]);
    const healed = await reload(landing, 'run_3', { pages: [[row('a', 1), row('b', 5), row('c', 2), row('e', 1)]] });
    expect(healed).toMatchObject({ state: 'done', rejected: { count: 0 }, counts: { updated: 1, deleted: 0 } });
    expect([await valuesOf(landing.rows), await landing.rows(SELECT_REJECTED)]).toEqual(['a1 b5 c2 e1', []]);
  });

  test('of a row whose key cannot be read nothing is deleted in that run', async () => {
    const landing = await createLanding();
    await reload(landing, 'run_1', { pages: [BEFORE] });
    const report = await reload(landing, 'run_2', { pages: [[{ id: 5, n: 'x' }, row('c', 2)]] });
    expect(report).toMatchObject({ state: 'partial', counts: { updated: 1, deleted: 0 } });
    expect(await valuesOf(landing.rows)).toBe('a1 b1 c2 d1');
  });

  test('by changes alone, too; and the next run reads everything', async () => {
    const landing = await createLanding();
    const scope = { column: 'id', untracked: [] };
    const source = (
      pages: FakeSourceOptions['pages'],
      rounds: NonNullable<FakeSourceOptions['delta']>['rounds'],
    ): FakeSourceOptions => ({
      ...{ pages, counts: [4] },
      delta: { scope, rounds },
    });
    await reload(
      landing,
      'run_1',
      source([BEFORE], () => null),
    );
    const changed = { changedIds: ['b', 'c'], rows: [row('b', 'x'), row('c', 2)] };
    const report = await reload(
      landing,
      'run_2',
      source([], (token) => (token === 'm0' ? { pages: [changed], deltaToken: 'm1' } : null)),
    );
    expect(report).toMatchObject({ state: 'partial', incremental: true, rejected: REJECTED, counts: { updated: 1, deleted: 0 } });
    expect([await valuesOf(landing.rows), await landing.rows(SELECT_REJECTED)]).toEqual(['a1 b1 c2 d1', TABLE]);
    const next = await reload(
      landing,
      'run_3',
      source([[row('a', 1), row('b', 3), row('c', 2), row('d', 1)]], () => null),
    );
    expect(next).toMatchObject({ state: 'done', incremental: false });
    expect(await valuesOf(landing.rows)).toBe('a1 b3 c2 d1');
  });

  test('a run that was cut off in the middle goes on with what it had set aside', async () => {
    const landing = await createLanding();
    const stop = new AbortController();
    const pages = Array.from({ length: 40 }, (_, page) => [row(`p${page}`, page), row(`q${page}`, page % 10 === 0 ? 'x' : 1)]);
    const stageDir = join(temporaryFolder(), 'stage');
    const { JobLeaseLostError } = await import('#lib/reload/engine/job-lease-lost.ts');
    const beforePage = (index: number): void => {
      if (index === 36) stop.abort(new JobLeaseLostError());
    };
    const options = { runId: 'run_1', dataset: USERS, settings: SET_ASIDE, stageDir };
    await landing.reload({ ...options, source: { pages, beforePage }, signal: stop.signal });
    const report = await landing.reload({ ...options, source: { pages } });
    expect(report).toMatchObject({ state: 'partial', rejected: { count: 4 }, counts: { inserted: 76 } });
    expect((await landing.rows('SELECT hdr__key FROM hr.users__rejected ORDER BY 1')).map((one) => one['hdr__key'])).toEqual([
      'q0',
      'q10',
      'q20',
      'q30',
    ]);
  });

  test('without the setting the first such row ends the dataset, and nothing is changed', async () => {
    const landing = await createLanding();
    const report = await landing.reload({ runId: 'run_1', dataset: USERS, rows: NOW });
    expect(report).toMatchObject({ state: 'failed', problem: { code: 'value-of-other-type' }, rejected: { count: 0 } });
  });

  test('a table of that name that Entrada did not make is not written to', async () => {
    const landing = await createLanding();
    await landing.client.query('CREATE SCHEMA hr; CREATE TABLE hr.users__rejected (mine int)');
    expect(await reload(landing, 'run_1', { pages: [NOW] })).toMatchObject({
      state: 'failed',
      problem: { code: 'table-not-ours' },
    });
    expect(await reload(landing, 'run_2', { pages: [BEFORE] })).toMatchObject({ state: 'done' });
    expect(await landing.rows('SELECT * FROM hr.users__rejected')).toEqual([]);
  });
});

describe.each(['drop-and-create', 'truncate', 'append'] as const)('full load, %s', (whenTableExists) => {
  test('keeps the landed rows of what was set aside, where it keeps landed rows', async () => {
    const { load, rows } = await createTarget(USERS);
    const settings = { ...SET_ASIDE, whenTableExists };
    await load('run_1', { pages: [BEFORE] }, settings);
    const report = await load('run_2', { pages: [NOW] }, settings);
    expect(report).toMatchObject({ state: 'partial', rejected: REJECTED });
    expect(await valuesOf(rows)).toBe(whenTableExists === 'append' ? 'a1 a1 b1 c1 c2 d1 e1' : 'a1 b1 c2 e1');
    expect(await rows(SELECT_REJECTED)).toEqual(TABLE);
  });

  test('keeps all landed rows when a key cannot be read', async () => {
    const { load, rows } = await createTarget(USERS);
    const settings = { ...SET_ASIDE, whenTableExists };
    await load('run_1', { pages: [BEFORE] }, settings);
    await load('run_2', { pages: [[row('c', 2), { id: 5, n: 'x' }]] }, settings);
    expect(await valuesOf(rows)).toBe(whenTableExists === 'append' ? 'a1 b1 c1 c2 d1' : 'a1 b1 c2 d1');
  });
});

test('a full load without a key is not replaced: its landed rows could not be told apart', async () => {
  const { load } = await createTarget(fakeDataset({ id: 'string', n: 'int32' }, { key: [] }));
  await load('run_1', { pages: [BEFORE] }, SET_ASIDE);
  expect(await load('run_2', { pages: [NOW] }, SET_ASIDE)).toMatchObject({ state: 'incomplete' });
});

test.each(['parquet', 'csv', 'jsonl'] as const)(
  'a lake version in %s has them in a folder of its own, named in the manifest',
  async (format) => {
    const lakeDir = temporaryFolder();
    const settings = LakeSettings.parse({ folder: 'hr', format, ...SET_ASIDE });
    const task = { method: 'reload', targetId: 'targ_33333333333333333333', settings } as const;
    const report = await reloadInto({
      access: localLake(lakeDir),
      task,
      dataset: USERS,
      runId: 'run_2',
      source: { pages: [NOW] },
    });
    expect(report).toMatchObject({ state: 'partial', rejected: REJECTED, counts: { inserted: 3 } });
    const users = join(lakeDir, 'hr', 'users');
    const version = join(users, readFileSync(join(users, 'latest'), 'utf8').trim());
    const manifest = Manifest.parse(JSON.parse(readFileSync(join(version, 'manifest.json'), 'utf8')));
    const name = `users__rejected/part-00000.${format}`;
    expect(manifest).toMatchObject({ rows: 3, rejected: { ...REJECTED, file: { name, rows: 1 } } });
    expect(readdirSync(version)).toEqual(['_SUCCESS', 'manifest.json', `part-00000.${format}`, 'users__rejected']);
    const content = readFileSync(join(version, name));
    if (format === 'jsonl') {
      const read = JSON.parse(content.toString('utf8')) as Record<string, unknown>;
      expect(read).toMatchObject({ ...TABLE[0], hdr__read_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) });
    } else expect(content.toString('latin1')).toContain(format === 'csv' ? '"{""id"":""b"",""n"":""x""}"' : 'PAR1');
  },
);
