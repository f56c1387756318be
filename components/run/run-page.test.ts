import { describe, expect, it } from 'vitest';
import { type DatasetRunDto, NO_COUNTS, type RunDto, runSums } from '#lib/domain/run/run.ts';
import { truncationNote } from '#lib/domain/run/truncation-note.ts';
import { compactRun, expandRun } from './compact-run.ts';
import { datasetGroups, findDatasets, inGroup } from './dataset-groups.ts';
import { datasetSections } from './dataset-sections.ts';
import { shareNotes } from './shared-notes.ts';

const AT = '2026-11-24T12:00:00.000Z';

function dataset(name: string, over: Partial<DatasetRunDto> = {}): DatasetRunDto {
  return {
    ...{ id: `dsrun_${name}`, datasetId: `ds_${name}`, datasetName: name, title: name.toUpperCase(), state: 'queued' },
    ...{ area: 'Users', kind: 'entity' },
    ...{ counts: NO_COUNTS, startedAt: null, endedAt: null, problem: null, notes: [], incremental: false, unread: [], drift: [] },
    ...{ unproven: { count: 0, parents: [] }, rejected: { count: 0, rows: [] }, wait: null },
    ...over,
  };
}

function run(datasets: readonly DatasetRunDto[]): RunDto {
  return {
    ...{ id: 'run_1', taskId: 'task_1', taskName: 'Nightly', state: 'running', method: 'reload-and-compare' },
    ...{
      startedBy: { kind: 'user', id: 'user_1', userId: 'user_1', name: 'ada@contoso.test' },
      queuedAt: AT,
      startedAt: AT,
      endedAt: null,
      ...runSums(datasets),
    },
    ...{
      connectionId: 'conn_1',
      connectionName: 'Contoso',
      targetKind: 'landing',
      namespace: 'contoso',
      problem: null,
      wait: null,
      datasets,
    },
  };
}

describe('a compact run', () => {
  it('is the same run again once it is expanded', () => {
    const datasets = [
      dataset('users', { state: 'done', startedAt: AT, endedAt: AT, counts: { ...NO_COUNTS, rowsRead: 5, rowsExpected: 0 } }),
      dataset('groups', { state: 'partial', notes: ['a'], unread: [{ name: 'x', reason: 'r', since: AT }], incremental: true }),
      dataset('devices', { state: 'failed', problem: { code: 'internal', title: 't' }, unproven: { count: 1, parents: [] } }),
      dataset('domains', { wait: { kind: 'graph', text: 'Graph is busy', since: AT, until: null } }),
    ];
    expect(expandRun(JSON.parse(JSON.stringify(compactRun(run(datasets)))))).toEqual(run(datasets));
  });

  it('of 300 datasets is less than half as large, and a dataset that waits is its names', () => {
    const done = {
      state: 'done',
      startedAt: AT,
      endedAt: AT,
      counts: { ...NO_COUNTS, rowsRead: 12, inserted: 12, requests: 2 },
    } as const;
    const whole = run(Array.from({ length: 300 }, (_, index) => dataset(`d${index}`, done)));
    const bytes = (value: unknown) => JSON.stringify(value).length;
    expect(bytes(compactRun(whole))).toBeLessThan(bytes(whole) / 2);
    expect(bytes(compactRun(run([dataset('users')])).datasets[0])).toBeLessThan(120);
  });
});

describe('notes', () => {
  const names = ['a', 'b', 'c', 'd'];

  it('that stand under many datasets are said once for the run, with the datasets that they are about', () => {
    const datasets = names.map((name) => dataset(name, { notes: ['Same for all.', `Only ${name}.`] }));
    const { shared, own } = shareNotes(datasets);
    expect(shared).toEqual([{ text: 'Same for all.', about: names }]);
    expect(datasets.map(own)).toEqual(names.map((name) => [`Only ${name}.`]));
  });

  it('on truncated times are one note, whatever columns they name', () => {
    const datasets = names.map((name) => dataset(name, { notes: [truncationNote([`${name}At`, 'createdAt'])] }));
    const { shared, own } = shareNotes(datasets);
    expect(shared.map(({ about }) => about)).toEqual([names.map((name) => `${name}: ${name}At, createdAt`)]);
    expect(datasets.flatMap(own)).toEqual([]);
  });

  it('of a few datasets stay with them', () => {
    const datasets = names.slice(1).map((name) => dataset(name, { notes: ['Same.', truncationNote(['at'])] }));
    const { shared, own } = shareNotes(datasets);
    expect(shared).toEqual([]);
    expect(datasets.map(own)).toEqual(datasets.map(({ notes }) => notes));
  });
});

it('datasets are grouped by how they stand; a group that became empty stays while it is chosen', () => {
  const states = ['queued', 'waiting', 'reading', 'publishing', 'done', 'partial', 'failed', 'incomplete', 'cancelled'] as const;
  const datasets = states.map((state) => dataset(state, { state }));
  const counts = (list: readonly DatasetRunDto[], chosen: 'all' | 'queued') =>
    Object.fromEntries(datasetGroups(list, chosen).map(({ value, count }) => [value, count]));
  expect(counts(datasets, 'all')).toEqual({ all: 9, problems: 3, waiting: 1, 'under-way': 3, queued: 1, done: 1, cancelled: 1 });
  expect(counts(datasets.slice(4, 5), 'queued')).toEqual({ all: 1, queued: 0, done: 1 });
  expect(inGroup(datasets, 'under-way').map(({ state }) => state)).toEqual(['waiting', 'reading', 'publishing']);
});

it('datasets are found by title or name; what failed comes first, then what waits', () => {
  const wait = { kind: 'quota', text: 'Graph allows no more', since: AT, until: null } as const;
  const datasets = [
    dataset('users'),
    dataset('user_groups', { wait }),
    dataset('groups'),
    dataset('user_apps', { state: 'failed' }),
  ];
  const names = (text: string) => findDatasets(datasets, text).map(({ datasetName }) => datasetName);
  expect(names('')).toEqual(['user_apps', 'user_groups', 'users', 'groups']);
  expect(names(' USER')).toEqual(['user_apps', 'user_groups', 'users']);
  expect(names('nothing')).toEqual([]);
});

it('datasets are divided by area or by kind, each section with its states and rows', () => {
  const rows = (rowsRead: number) => ({ counts: { ...NO_COUNTS, rowsRead } });
  const datasets = [
    dataset('sign_ins', { area: 'Logs', kind: 'events', ...rows(7) }),
    dataset('users', { state: 'done', ...rows(1000) }),
    dataset('members', { area: 'Groups', kind: 'relationship', state: 'failed' }),
    dataset('roles', { area: '', state: 'reading', ...rows(1) }),
    dataset('applied', { area: 'Logs', kind: 'child' }),
  ];
  const named = (by: 'area' | 'kind') =>
    datasetSections(datasets, by).map((section) => [section.name, section.datasets.map(({ datasetName }) => datasetName).join()]);
  expect(named('area')).toEqual([
    ['Groups', 'members'],
    ['Logs', 'sign_ins,applied'],
    ['Other', 'roles'],
    ['Users', 'users'],
  ]);
  expect(named('kind')).toEqual([
    ['Objects', 'users,roles'],
    ['Relationships', 'members'],
    ['Logs', 'sign_ins,applied'],
  ]);
  expect(datasetSections(datasets, 'kind').map(({ summary }) => summary)).toEqual([
    '2 datasets · 1 under way · 1 done · 1,001 rows',
    '1 dataset · 1 with problems · 0 rows',
    '2 datasets · 2 queued · 7 rows',
  ]);
});
