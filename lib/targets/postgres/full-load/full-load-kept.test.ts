import { describe, expect, test } from 'vitest';
import type { LandingSettings } from '#lib/domain/task/task.ts';
import { type FakeSourceOptions, fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { createTarget, type Row } from '#lib/targets/postgres/testing/loading.ts';

type How = LandingSettings['whenTableExists'];
const REPLACING: readonly How[] = ['drop-and-create', 'truncate'];

const PEOPLE = fakeDataset({ id: 'string', name: 'string', title: 'string' });
const ada = { id: 'a', name: 'Ada', title: 'Countess' };
const ben = { id: 'b', name: 'Ben', title: 'Baker' };
const refusal = { name: 'title', reason: 'Graph answered 403.' };
const seen = ({ id, name }: typeof ada): Row => ({ id, name });

const refused = (...rows: Row[]): FakeSourceOptions => ({ pages: [rows], notRead: () => ({ unread: [refusal] }) });
const LANDED = 'SELECT id, name, title FROM hr.users ORDER BY id';

describe.each(REPLACING)('a full load by %s without a column that could not be read', (whenTableExists) => {
  test('keeps the landed values by key, and says which rows have none', async () => {
    const { load, rows } = await createTarget(PEOPLE);
    await load('run_1', { pages: [[ada, ben]] });
    const report = await load('run_2', refused({ id: 'a', name: 'Augusta' }, { id: 'c', name: 'Cem' }), { whenTableExists });
    expect(report).toMatchObject({ state: 'partial', counts: { inserted: 2, deleted: 2 }, unread: [refusal] });
    expect(report.notes).toEqual(['1 rows are new: title is null in them until it can be read.']);
    expect(await rows(LANDED)).toEqual([
      { ...ada, name: 'Augusta' },
      { id: 'c', name: 'Cem', title: null },
    ]);
    expect(await load('run_3', { pages: [[ada]] }, { whenTableExists })).toMatchObject({ state: 'done' });
    expect(await rows(LANDED)).toEqual([ada]);
  });

  test('uses nothing of what was copied before a late page could not be read', async () => {
    const { load, rows } = await createTarget(PEOPLE);
    const pages = Array.from({ length: 40 }, (_, page) => [{ id: `p${page}`, name: 'n', title: 'new' }]);
    await load('run_1', { pages: pages.map((page) => page.map((row) => ({ ...row, title: 'old' }))) });
    const source: FakeSourceOptions = { pages, notRead: (index) => (index === 39 ? { unread: [refusal] } : {}) };
    expect(await load('run_2', source, { whenTableExists })).toMatchObject({ state: 'partial', counts: { inserted: 40 } });
    expect(await rows('SELECT title, count(*)::int AS n FROM hr.users GROUP BY 1')).toEqual([{ title: 'old', n: 40 }]);
  });
});

test('values that the landed column holds in another type stay as they are', async () => {
  const { load, rows } = await createTarget(fakeDataset({ id: 'string', title: 'int32' }));
  await load('run_1', { pages: [[{ id: 'a', title: 1 }]] });
  await rows("ALTER TABLE hr.users ALTER title TYPE text; UPDATE hr.users SET title = 'first'");
  expect(await load('run_2', refused({ id: 'a' }))).toMatchObject({ state: 'partial' });
  expect(await rows('SELECT id, title FROM hr.users')).toEqual([{ id: 'a', title: 'first' }]);
});

test('appended rows may not lack a column: the dataset is incomplete', async () => {
  const { load, rows } = await createTarget(PEOPLE);
  await load('run_1', { pages: [[ada]] });
  const report = await load('run_2', refused(seen(ben)), { whenTableExists: 'append' });
  expect(report).toMatchObject({ state: 'incomplete', problem: { detail: expect.stringContaining('no values of title') } });
  expect(await rows(LANDED)).toEqual([ada]);
});

test('rows without a key and without a column are incomplete', async () => {
  const { load, rows } = await createTarget(fakeDataset({ name: 'string', title: 'string' }, { key: [] }));
  await load('run_1', { pages: [[{ name: 'Ada', title: 'Countess' }]] });
  expect(await load('run_2', refused({ name: 'Ada' }))).toMatchObject({ state: 'incomplete', unread: [refusal] });
  expect(await rows('SELECT name, title FROM hr.users')).toEqual([{ name: 'Ada', title: 'Countess' }]);
});

describe.each(REPLACING)('by %s, rows stay', (whenTableExists) => {
  test('of parents that could not be proven, and of no others', async () => {
    const members = fakeDataset({ '@parent.id': 'string', id: 'string' }, { key: ['@parent.id', 'id'], countable: false });
    const dataset = { ...members, kind: 'relationship' as const, parent: { path: '/groups', column: 'parent_id' } };
    const { load, rows } = await createTarget(dataset);
    const member = (group: string, id: string): Row => ({ '@parent.id': group, id });
    await load('run_1', {
      pages: [[member('g1', 'a'), member('g1', 'b'), member('g2', 'a'), member('g2', 'b')]],
      counts: [null],
    });
    const source: FakeSourceOptions = {
      pages: [[member('g1', 'c'), member('g2', 'a')]],
      counts: [null],
      notRead: () => ({ unproven: [{ id: 'g1', reason: 'Hidden membership.' }] }),
    };
    const report = await load('run_2', source, { whenTableExists });
    expect(report).toMatchObject({ state: 'partial', counts: { inserted: 2, deleted: 2 }, unproven: { count: 1 } });
    expect(await rows('SELECT parent_id || id AS m FROM hr.users ORDER BY 1')).toEqual(
      ['g1a', 'g1b', 'g1c', 'g2a'].map((m) => ({ m })),
    );
  });

  test('of a log that Graph has forgotten', async () => {
    const { load, rows } = await createTarget({ ...PEOPLE, path: '/auditLogs/signIns', entityType: 'microsoft.graph.signIn' });
    await load('run_1', { pages: [[ada, ben]] });
    const report = await load('run_2', { pages: [[{ ...ben, name: 'Benno' }]] }, { whenTableExists });
    expect(report).toMatchObject({ state: 'done', counts: { inserted: 1, deleted: 1 } });
    expect(report.notes.join(' ')).toContain('Landed rows of a log are kept, although Graph deletes its rows after 30 days.');
    expect(await rows(LANDED)).toEqual([ada, { ...ben, name: 'Benno' }]);
    expect(await rows("SELECT hdr__run_id AS run FROM hr.users WHERE id = 'a'")).toEqual([{ run: 'run_1' }]);
  });
});

test('a log without a key is not replaced', async () => {
  const events = fakeDataset({ name: 'string', title: 'string' }, { key: [] });
  const { load, rows } = await createTarget({ ...events, path: '/auditLogs/provisioning' });
  const first = await load('run_1', { pages: [[{ name: 'Ada' }]] }, { whenTableExists: 'append' });
  expect(first.state).toBe('done');
  expect(await load('run_2', { pages: [[{ name: 'Ben' }]] })).toMatchObject({ state: 'incomplete' });
  expect(await rows('SELECT name FROM hr.users')).toEqual([{ name: 'Ada' }]);
});
