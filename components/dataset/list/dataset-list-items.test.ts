import { describe, expect, it } from 'vitest';
import { datasetEntry } from '../testing/dataset-entry.ts';
import { NO_FILTERS, passes, toggleChip } from './dataset-filters.ts';
import { compareEntries, groupSelection, listItems, moveInList, rangeOf } from './dataset-list-items.ts';
import { searchDatasets, toSearchable } from './dataset-search.ts';

const users = datasetEntry('users', { title: 'Users', permissions: ['User.Read.All'], entityType: 'microsoft.graph.user' });
const groups = datasetEntry('groups', { area: 'Groups', permissions: ['GroupMember.Read.All'] });
const members = datasetEntry('group_members', {
  area: 'Groups',
  kind: 'relationship',
  path: '/groups/{id}/members',
  title: 'Group members',
});
const signIns = datasetEntry('sign_ins', { area: 'Logs', path: '/auditLogs/signIns', permissions: ['AuditLog.Read.All'] });
const offer = datasetEntry('user_settings', { id: null, columnCount: null, path: '/users/{id}/settings' });
const all = [signIns, users, groups, members, offer];
const columns = new Map([
  [users.key, 'id displayName employeeHireDate'],
  [groups.key, 'id displayName groupTypes'],
]);
const searchable = all.map((entry) => toSearchable(entry, columns));
const FLAT = { searching: true, folded: new Map() };

const shown = (query: string, layout = { ...FLAT, searching: query !== '' }) =>
  listItems(searchDatasets(searchable, query), layout).map((item) => (item.kind === 'area' ? `[${item.key}]` : item.entry.name));

describe('the dataset list', () => {
  it('groups by area in a fixed order, and folds what is only offered', () => {
    expect(shown('')).toEqual(['[Users]', 'users', '[Groups]', 'groups', 'group_members', '[Logs]', 'sign_ins', '[more:Users]']);
  });

  it('remembers what was folded by hand', () => {
    const folded = new Map([
      ['Groups', false],
      ['more:Users', true],
    ]);
    expect(shown('', { searching: false, folded })).toEqual([
      '[Users]',
      'users',
      '[Groups]',
      '[Logs]',
      'sign_ins',
      '[more:Users]',
      'user_settings',
    ]);
  });
});

describe('searching', () => {
  it.each([
    ['member', ['[Groups]', 'group_members', 'groups']],
    ['AUDITLOG', ['[Logs]', 'sign_ins']],
    ['/groups/{id}', ['[Groups]', 'group_members']],
    ['graph.user', ['[Users]', 'users']],
    ['members group', ['[Groups]', 'group_members']],
    ['group nothing', []],
    ['employeeHire', ['[Users]', 'users']],
  ])('%j finds %j, best first', (query, names) => {
    expect(shown(query)).toEqual(names);
  });

  it('a whole name comes before its beginning, and that before its middle', () => {
    const entries = ['user_group_x', 'groups_x', 'group'].map((name) => toSearchable(datasetEntry(name), new Map()));
    const found = listItems(searchDatasets(entries, 'group'), FLAT).flatMap((item) =>
      item.kind === 'entry' ? [item.entry.name] : [],
    );
    expect(found).toEqual(['group', 'groups_x', 'user_group_x']);
  });

  it('puts what the connection has before what is only offered', () => {
    expect(shown('user')).toEqual(['[Users]', 'users', '[more:Users]', 'user_settings']);
  });

  it('names the column that was hit', () => {
    expect(searchDatasets(searchable, 'grouptyp').map(({ column }) => column)).toEqual(['groupTypes']);
  });
});

describe('chips', () => {
  const chosen = (...chips: Parameters<typeof toggleChip>[1][]) =>
    all.filter((entry) => passes(entry, chips.reduce(toggleChip, NO_FILTERS))).map((entry) => entry.name);

  it('narrow the list; kinds are alternatives of each other', () => {
    expect(chosen('relationship')).toEqual(['group_members']);
    expect(chosen('relationship', 'entity')).toHaveLength(5);
    expect(chosen('advanced')).toEqual(['user_settings']);
    expect(chosen('selected')).toEqual([]);
    expect(chosen('selected', 'selected')).toHaveLength(5);
  });

  it('an area leaves the others out', () => {
    expect(all.filter((entry) => passes(entry, { ...NO_FILTERS, area: 'Logs' }))).toEqual([signIns]);
  });
});

describe('choosing', () => {
  it.each([
    [[], false],
    [[false, false], false],
    [[true, false], 'indeterminate'],
    [[true, true], true],
  ] as const)('a group of %j shows %s', (selected, expected) => {
    expect(groupSelection(selected.map((value) => ({ selected: value })))).toBe(expected);
  });

  it('a range goes over heads, in either direction', () => {
    const items = listItems(searchDatasets(searchable, ''), { searching: false, folded: new Map() });
    expect(rangeOf(items, groups.key, users.key)).toEqual([users.key, groups.key]);
    expect(rangeOf(items, null, users.key)).toEqual([users.key]);
    expect(rangeOf(items, offer.key, users.key)).toEqual([users.key]);
  });
});

describe('keys', () => {
  const items = listItems(searchDatasets(searchable, ''), { searching: false, folded: new Map() });
  it.each([
    ['ArrowDown', 0, 1],
    ['ArrowUp', 0, 0],
    ['End', 0, 7],
    ['Home', 5, 0],
    ['PageDown', 1, 7],
    ['PageUp', 3, 0],
    ['x', 0, null],
  ] as const)('%s leads from %i to %s', (key, from, to) => {
    expect(moveInList(items, from, key)).toBe(to);
  });
});

it('entries stand by what they are: the collection of the area, others, what hangs on them, nested tables', () => {
  const sorted = [
    datasetEntry('user_manager', { kind: 'relationship', path: '/users/{id}/manager' }),
    datasetEntry('users_identities', { kind: 'child', path: '/users' }),
    datasetEntry('deleted_users', { path: '/directory/deletedItems/microsoft.graph.user' }),
    datasetEntry('contacts'),
    users,
  ].sort(compareEntries);
  expect(sorted.map(({ name }) => name)).toEqual(['users', 'contacts', 'deleted_users', 'user_manager', 'users_identities']);
});
