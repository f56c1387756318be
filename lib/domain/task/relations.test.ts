import { expect, it } from 'vitest';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { relationsOf } from './relations.ts';
import { LandingSettings } from './task.ts';

const column = (name: string, more: object = {}) => ({
  ...{ name, sourcePath: name, type: 'string', edmType: 'Edm.String', nullable: true, key: false, selected: true },
  ...{ returnedByDefault: true, description: null, ...more },
});
const dataset = (name: string, more: object): DatasetDefinition =>
  DatasetDefinition.parse({
    ...{ version: 2, name, title: name, area: 'Other', description: '', kind: 'entity', path: `/${name}`, parent: null },
    ...{ permissions: [], licence: null, entityType: 'microsoft.graph.group' },
    read: { pageSizeMax: 999, select: true, advancedQuery: false, countable: true, delta: false },
    columns: [column('id', { key: true }), column('displayName')],
    ...more,
  });
const GROUPS = dataset('groups', {});
const MEMBERS = dataset('group_members', {
  ...{ kind: 'relationship', path: '/groups/{id}/members', entityType: 'microsoft.graph.directoryObject' },
  parent: { path: '/groups', column: 'group_id' },
  columns: [
    column('group_id', { sourcePath: '@parent.id', key: true }),
    column('id', { key: true }),
    column('object_displayName'),
  ],
});
const LABELS = dataset('groups_assigned_labels', {
  ...{ kind: 'child', child: { dataset: 'groups', sourcePath: 'assignedLabels' } },
  columns: [
    column('group_id', { sourcePath: 'id', key: true }),
    column('item', { sourcePath: 'assignedLabels[].@item', key: true }),
  ],
});

function relations(datasets: readonly DatasetDefinition[], settings: object = {}) {
  const wanted = { schema: 'hr', relationKeys: 'foreign-keys', relationshipViews: true, ...settings };
  return relationsOf(datasets, { method: 'full-load', targetId: 'targ_1', settings: LandingSettings.parse(wanted) });
}

it('refers from relationships and nested collections to their parents, by the names of the target', () => {
  const names = { columns: 'snake_case', tablePrefix: 'entra_', renames: [{ dataset: 'groups', column: 'id', to: 'key' }] };
  expect(relations([MEMBERS, LABELS, GROUPS], { names }).references).toEqual([
    {
      name: 'entra_group_members_group_id_fkey',
      ...{ table: 'entra_group_members', columns: ['group_id'], toTable: 'entra_groups', toColumns: ['key'] },
    },
    {
      name: 'entra_groups_assigned_labels_group_id_fkey',
      ...{ table: 'entra_groups_assigned_labels', columns: ['group_id'], toTable: 'entra_groups', toColumns: ['key'] },
    },
  ]);
});

it('has nothing to refer to where the task does not land the parent', () => {
  expect(relations([MEMBERS, LABELS])).toMatchObject({ references: [], views: [] });
});

it('joins parents and objects in a view, under names that its own columns do not have', () => {
  expect(relations([MEMBERS, GROUPS]).views).toEqual([
    {
      ...{ name: 'group_members__view', table: 'group_members', columns: ['group_id', 'id', 'object_displayName'] },
      joins: [
        { table: 'groups', on: 'group_id', key: 'id' },
        { table: 'groups', on: 'id', key: 'id' },
      ],
      joined: [
        { name: 'group_displayName', from: [{ join: 0, column: 'displayName' }] },
        { name: 'object_displayName_', from: [{ join: 1, column: 'displayName' }] },
      ],
    },
  ]);
});

it('makes nothing that the task does not want', () => {
  expect(relations([MEMBERS, GROUPS], { relationKeys: 'none', relationshipViews: false })).toEqual({
    ...{ keys: 'none', references: [], views: [] },
  });
});
