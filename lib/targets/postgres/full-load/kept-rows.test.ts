import { describe, expect, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LOG_ROWS_STAY } from '#lib/domain/dataset/log-dataset.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { type FakeSourceOptions, fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { counts, createLanding, type Landing, type Row } from '#lib/targets/postgres/testing/landing.ts';

const hidden = { id: 'g1', reason: 'Hidden membership needs Member.Read.Hidden.' };
const member = (group: string, id: string, note = ''): Row => ({ '@parent.id': group, id, note });
const ALL = [member('g1', 'a'), member('g1', 'b'), member('g2', 'c'), member('g2', 'd')];
const names = (landing: Landing): Promise<Row[]> => landing.rows('SELECT parent_id || id || note AS m FROM hr.users ORDER BY 1');
const named = (...all: string[]): Row[] => all.map((m) => ({ m }));

function membersOf(key: readonly string[]): DatasetDefinition {
  const columns = { '@parent.id': 'string', id: 'string', note: 'string' } as const;
  const dataset = fakeDataset(columns, { key, countable: false });
  return { ...dataset, kind: 'relationship', parent: { path: '/groups', column: 'parent_id' } };
}

describe.each([
  ['the key', ['@parent.id', 'id']],
  ['a column beside the key', ['id']],
  ['a column of rows without a key', []],
])('a parent that could not be proven and that is told by %s', (_what, key) => {
  const dataset = membersOf(key);
  const reload = (landing: Landing, runId: string, source: FakeSourceOptions): Promise<DatasetReport> =>
    landing.reload({ runId, dataset, source: { counts: [null], ...source } });
  const unproven = { notRead: () => ({ unproven: [hidden] }) };

  test('keeps its rows, those of the others are compared, and what was read is applied', async () => {
    const landing = await createLanding();
    await reload(landing, 'run_1', { pages: [ALL] });
    const report = await reload(landing, 'run_2', { pages: [[member('g1', 'e'), member('g2', 'c')]], ...unproven });
    expect([report.state, report.counts.inserted, report.counts.deleted]).toEqual(['partial', 1, 1]);
    expect(report.unproven).toEqual({ count: 1, parents: [hidden] });
    expect(report.notes.join(' ')).toContain(
      '2 landed rows were not in the answers for parents that could not be read completely',
    );
    expect(await names(landing)).toEqual(named('g1a', 'g1b', 'g1e', 'g2c'));
    expect(await landing.rows("SELECT hdr__operation AS op FROM hr.users__ct WHERE hdr__run_id = 'run_2' ORDER BY 1")).toEqual([
      { op: 'D' },
      { op: 'I' },
    ]);
    const proven = await reload(landing, 'run_3', { pages: [[member('g1', 'e'), member('g1', 'a'), member('g2', 'c')]] });
    expect([proven.state, proven.counts.deleted]).toEqual(['done', 1]);
    expect(await names(landing)).toEqual(named('g1a', 'g1e', 'g2c'));
  });

  test('keeps its rows when it was refused; those of the others are compared, and the dataset is incomplete', async () => {
    const landing = await createLanding();
    await reload(landing, 'run_1', { pages: [ALL] });
    const failed = [{ id: 'g1', reason: '403: no' }];
    const report = await reload(landing, 'run_2', { pages: [[member('g2', 'c')]], notRead: () => ({ failed }) });
    expect(report).toMatchObject({ state: 'incomplete', counts: { deleted: 1 }, unproven: { count: 1, parents: failed } });
    expect(report.problem?.detail).toMatch(
      /^The rows of 1 of \/groups could not be read: g1 \(403: no\)\. Their landed rows were kept/,
    );
    expect(await names(landing)).toEqual(named('g1a', 'g1b', 'g2c'));
  });

  test('deletes nothing at all when parents may be missing', async () => {
    const landing = await createLanding();
    await reload(landing, 'run_1', { pages: [ALL] });
    const notRead = () => ({ unproven: [hidden], gap: 'Graph counted 3 of /groups, but listed 2.' });
    const report = await reload(landing, 'run_2', { pages: [[member('g1', 'a')], []], notRead });
    expect(report).toMatchObject({ state: 'incomplete', counts: { deleted: 0 }, unproven: { count: 1 } });
    expect((await names(landing)).length).toBe(4);
  });
});

test('rows of unproven parents are no reason to stop for too many deletes', async () => {
  const landing = await createLanding();
  const dataset = membersOf(['@parent.id', 'id']);
  await landing.reload({ runId: 'run_1', dataset, source: { pages: [ALL.slice(0, 3)], counts: [null] } });
  const source: FakeSourceOptions = { pages: [[member('g2', 'c')]], counts: [null], notRead: () => ({ unproven: [hidden] }) };
  expect(counts(await landing.reload({ runId: 'run_2', dataset, source }))).toEqual(['partial', null, 1, 0, 0, 0, 1]);
});

test('changes alone keep the rows of a parent that they could not read, and the next run reads everything', async () => {
  const landing = await createLanding();
  const dataset = membersOf(['@parent.id', 'id']);
  const scope = { column: 'parent_id', untracked: [] };
  const INCREMENTAL = { incremental: {} } as const;
  const quiet = { scope, rounds: () => null };
  await landing.reload({ runId: 'run_1', dataset, source: { pages: [ALL], counts: [null], delta: quiet }, ...INCREMENTAL });
  const delta = {
    scope,
    rounds: (token: string) =>
      token === 'm0'
        ? { pages: [{ changedIds: ['g1', 'g2'], rows: [member('g2', 'c')], unproven: [hidden] }], deltaToken: 'm1' }
        : null,
  };
  const second = await landing.reload({ runId: 'run_2', dataset, source: { pages: [], counts: [null], delta }, ...INCREMENTAL });
  expect([second.state, second.incremental, second.counts.deleted]).toEqual(['partial', true, 1]);
  expect(await names(landing)).toEqual(named('g1a', 'g1b', 'g2c'));
  const source = { pages: [[member('g1', 'b'), member('g2', 'c')]], counts: [null], delta: quiet };
  const third = await landing.reload({ runId: 'run_3', dataset, source, ...INCREMENTAL });
  expect([third.state, third.incremental]).toEqual(['done', false]);
  expect(await names(landing)).toEqual(named('g1b', 'g2c'));
});

describe('a log', () => {
  const events = fakeDataset({ id: 'string', name: 'string' });
  const dataset = { ...events, path: '/auditLogs/signIns', entityType: 'microsoft.graph.signIn' };
  const event = (id: string, name = 'x'): Row => ({ id, name });

  test('loses no row that Graph has forgotten, without being asked, and gets what is new', async () => {
    const landing = await createLanding();
    const settings = { history: true };
    await landing.reload({ runId: 'run_1', dataset, settings, rows: ['a', 'b', 'c'].map((id) => event(id)) });
    const report = await landing.reload({ runId: 'run_2', dataset, settings, rows: [event('c', 'y'), event('d')] });
    expect(counts(report)).toEqual(['done', null, 2, 1, 1, 0, 0]);
    expect(report.notes).toContain(LOG_ROWS_STAY);
    expect(await landing.rows('SELECT id, name FROM hr.users ORDER BY id')).toEqual([
      event('a'),
      event('b'),
      event('c', 'y'),
      event('d'),
    ]);
    expect(await landing.rows("SELECT 1 FROM hr.users__ct WHERE hdr__operation = 'D'")).toEqual([]);
    expect(await landing.rows('SELECT id FROM hr.users__history WHERE hdr__to_timestamp IS NULL ORDER BY id')).toHaveLength(4);
  });
});
