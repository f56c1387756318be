import { describe, expect, it } from 'vitest';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { diffDataset, fromFile, MetadataFile, type NamedDefinition, toFile } from './metadata-file.ts';

const column = { edmType: 'Edm.String', type: 'string', returnedByDefault: true, description: null } as const;

const users: NamedDefinition = {
  selected: true,
  definition: DatasetDefinition.parse({
    version: 1,
    name: 'users',
    title: 'Users',
    area: 'Users',
    description: 'People.',
    kind: 'entity',
    path: '/users',
    entityType: 'microsoft.graph.user',
    parent: null,
    permissions: ['User.Read.All'],
    licence: null,
    read: { pageSizeMax: 999, select: true, advancedQuery: false, countable: true, delta: true },
    columns: [
      { ...column, name: 'id', sourcePath: 'id', nullable: false, key: true, selected: true },
      { ...column, name: 'mail', sourcePath: 'mail', nullable: true, key: false, selected: false, maxLength: 40 },
    ],
  }),
};

describe('a file of metadata', () => {
  it('holds every member that is not as by default, and reads back to the same', () => {
    const file = toFile([users]);
    expect(JSON.stringify(file)).not.toContain('conflictsWith');
    expect(fromFile(MetadataFile.parse(file))).toEqual([users]);
  });

  it('shows what a change would change, column by column', () => {
    const [id, mail] = users.definition.columns;
    if (id === undefined || mail === undefined) throw new TypeError('columns');
    const changed: NamedDefinition = {
      selected: true,
      definition: {
        ...users.definition,
        filter: "userType eq 'Guest'",
        columns: [id, { ...mail, name: 'e_mail', selected: true }],
      },
    };
    expect(diffDataset(users, users)).toEqual({ dataset: 'users', action: 'same', changes: [] });
    expect(diffDataset(null, users)).toMatchObject({ action: 'add' });
    expect(diffDataset(users, changed)).toEqual({
      dataset: 'users',
      action: 'change',
      changes: [
        { path: 'filter', before: 'null', after: JSON.stringify("userType eq 'Guest'") },
        { path: 'columns[mail].name', before: '"mail"', after: '"e_mail"' },
        { path: 'columns[mail].selected', before: 'false', after: 'true' },
      ],
    });
  });
});
