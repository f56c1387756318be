import { describe, expect, it } from 'vitest';
import type { DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { groupSelection, listItems, relationsOf } from './dataset-list-items.ts';

function dataset(name: string, over: Partial<DatasetSummaryDto> = {}): DatasetSummaryDto {
  return {
    id: `ds_${name}`,
    name,
    title: name,
    area: 'Users',
    description: '',
    kind: 'entity',
    path: `/${name}`,
    permissions: [],
    licence: null,
    origin: 'catalogue',
    entityType: 'microsoft.graph.entity',
    access: 'granted',
    accessDetail: { reason: null, missing: [], probedAt: null, problem: null, columns: [] },
    selected: false,
    filtered: false,
    columnCount: 3,
    selectedColumnCount: 3,
    pending: 0,
    ...over,
  };
}

const users = dataset('users', { title: 'Users', permissions: ['User.Read.All'] });
const groups = dataset('groups', { area: 'Groups', permissions: ['GroupMember.Read.All'] });
const members = dataset('group_members', {
  area: 'Groups',
  kind: 'relationship',
  path: '/groups/{id}/members',
  title: 'Group members',
});
const signIns = dataset('sign_ins', { area: 'Logs', path: '/auditLogs/signIns', permissions: ['AuditLog.Read.All'] });
const all = [signIns, users, groups, members];

const names = (query: string) =>
  listItems(all, query).map((item) => (item.kind === 'area' ? `[${item.area}]` : item.dataset.name));

describe('the dataset list', () => {
  it('groups by area in a fixed order, whatever order the datasets come in', () => {
    expect(names('')).toEqual(['[Users]', 'users', '[Groups]', 'groups', 'group_members', '[Logs]', 'sign_ins']);
  });

  it('finds by name, title, path and permission, and leaves out areas without a hit', () => {
    expect(names('member')).toEqual(['[Groups]', 'groups', 'group_members']);
    expect(names('AUDITLOG')).toEqual(['[Logs]', 'sign_ins']);
    expect(names('/groups/{id}')).toEqual(['[Groups]', 'group_members']);
  });

  it('needs every word, in any order', () => {
    expect(names('members group')).toEqual(['[Groups]', 'group_members']);
    expect(names('group nothing')).toEqual([]);
  });
});

describe('the check box of a group', () => {
  it.each([
    [[], false],
    [[false, false], false],
    [[true, false], 'indeterminate'],
    [[true, true], true],
  ] as const)('%j shows %s', (selected, expected) => {
    expect(groupSelection(selected.map((value) => ({ selected: value })))).toBe(expected);
  });
});

describe('relationships', () => {
  it('know their parent and their children by path', () => {
    expect(relationsOf({ ...groups, parent: null }, all)).toEqual({ parent: null, children: [members] });
    expect(relationsOf({ ...members, parent: { path: '/groups' } }, all)).toEqual({ parent: groups, children: [] });
  });

  it('a path that only starts alike is no child', () => {
    const settings = dataset('group_settings', { path: '/groupSettings' });
    expect(relationsOf({ path: '/group', parent: null }, [settings, members]).children).toEqual([]);
  });

  it('a parent that is not in the list is none', () => {
    expect(relationsOf({ ...members, parent: { path: '/groups' } }, [members]).parent).toBeNull();
  });
});
