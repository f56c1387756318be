import { describe, expect, it } from 'vitest';
import type { DatasetEntry } from '../dataset-entry.ts';
import { datasetEntry } from '../testing/dataset-entry.ts';
import { layoutDiagram, NARROW_PX } from './diagram-layout.ts';
import { type Neighbour, neighboursOf } from './neighbours.ts';

const users = datasetEntry('users', { entityType: 'microsoft.graph.user' });
const groups = datasetEntry('groups', { entityType: 'microsoft.graph.group' });
const roles = datasetEntry('role_definitions', { entityType: 'microsoft.graph.unifiedRoleDefinition' });
const members = datasetEntry('group_members', {
  kind: 'relationship',
  path: '/groups/{id}/members',
  entityType: 'microsoft.graph.directoryObject',
});
const types = datasetEntry('groups_group_types', {
  kind: 'child',
  path: '/groups',
  child: { dataset: 'groups', sourcePath: 'groupTypes' },
});
const threads = datasetEntry('group_threads', { id: null, kind: 'relationship', path: '/groups/{id}/threads' });
const settings = datasetEntry('group_settings', { path: '/groupSettings' });
const all = [users, groups, roles, members, types, threads, settings];

function middle(entry: DatasetEntry, over: Partial<Parameters<typeof neighboursOf>[0]> = {}) {
  const { name, kind, path, entityType } = entry;
  return { name, kind, path, entityType, parent: null, child: null, columns: [], ...over };
}

const told = (found: readonly Neighbour[]) => found.map(({ role, entry, by }) => `${role} ${entry.name} by ${by}`);

describe('neighbours of a dataset', () => {
  it('are the relationships and child tables below it, offered ones too, and nothing that only starts alike', () => {
    expect(told(neighboursOf(middle(groups), all))).toEqual([
      'relationship group_members by members',
      'child groups_group_types by groupTypes',
      'relationship group_threads by threads',
    ]);
  });

  it('of a relationship are its parent, and what its rows may be', () => {
    expect(told(neighboursOf(middle(members, { parent: { path: '/groups', column: 'group_id' } }), all))).toEqual([
      'parent groups by group_id',
      'target users by id',
    ]);
  });

  it('of a child table are the dataset that it is made of', () => {
    expect(told(neighboursOf(middle(types, { child: { dataset: 'groups', sourcePath: 'groupTypes' } }), all))).toEqual([
      'parent groups by groupTypes',
    ]);
  });

  it('are the targets of references', () => {
    const columns = [
      { sourcePath: 'principalId', name: 'principal' },
      { sourcePath: 'roleDefinitionId', name: 'roleDefinitionId' },
    ] as unknown as Parameters<typeof neighboursOf>[0]['columns'];
    expect(told(neighboursOf(middle(datasetEntry('role_assignments'), { columns }), all))).toEqual([
      'target users by principal',
      'target groups by principal',
      'target role_definitions by roleDefinitionId',
    ]);
  });
});

describe('the diagram', () => {
  const neighbours: Neighbour[] = [
    { role: 'parent', entry: users, by: 'id' },
    { role: 'relationship', entry: members, by: 'members' },
    { role: 'child', entry: types, by: 'groupTypes' },
  ];

  it.each([NARROW_PX + 100, 340])('at %i px stays within its width, and no box lies on another', (width) => {
    const { nodes, middle: box, edges, height } = layoutDiagram(neighbours, width);
    const boxes = [box, ...nodes];
    expect(edges).toHaveLength(nodes.length);
    for (const [index, one] of boxes.entries()) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + one.width).toBeLessThanOrEqual(width);
      expect(one.y + one.height).toBeLessThanOrEqual(height);
      for (const other of boxes.slice(index + 1)) {
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        expect(apart).toBe(true);
      }
    }
  });

  it('has what it comes from on its left, and what hangs on it on its right', () => {
    const { nodes, middle: box } = layoutDiagram(neighbours, 1000);
    expect(nodes.map((node) => node.x < box.x)).toEqual([true, false, false]);
  });
});
