import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { landedDefinition, NAME_BYTES_MAX, NamesSettings, tableNameOf, toSnakeCase, withLandedColumns } from './landing-names.ts';
import { isReservedWord } from './reserved-words.ts';
import { possibleSideTableNames } from './side-tables.ts';

function datasetOf(names: readonly string[], name = 'users'): DatasetDefinition {
  return DatasetDefinition.parse({
    ...{ version: 2, name, title: 'Users', area: 'Users', description: '', kind: 'entity', path: '/users' },
    ...{ entityType: 'microsoft.graph.user', parent: null, permissions: [], licence: null },
    read: { pageSizeMax: 999, select: true, advancedQuery: false, countable: true, delta: false },
    columns: names.map((column) => ({
      ...{ name: column, sourcePath: column, type: 'string', edmType: 'Edm.String', nullable: true, key: false },
      ...{ selected: true, returnedByDefault: true, description: null },
    })),
  });
}

const settings = (input: NamesInput): NamesSettings => NamesSettings.parse(input);
type NamesInput = Parameters<typeof NamesSettings.parse>[0];
const landed = (names: readonly string[], input: NamesInput): string[] =>
  withLandedColumns(datasetOf(names), settings(input)).columns.map(({ name }) => name);
const bytes = (text: string): number => Buffer.byteLength(text);

/** Names as Graph, extensions and people make them, and worse. */
const someName = fc.oneof(
  fc.constantFrom(
    'id',
    'displayName',
    'display_name',
    'DisplayName',
    'user',
    'Order',
    'ctid',
    'hdr__x',
    'HDR__x',
    'entrada__hash',
    '@odata.type',
    '9lives',
  ),
  fc.stringMatching(/^extension_[0-9a-f]{32}_[a-zA-Z]{1,20}$/),
  fc.string({ minLength: 1, maxLength: 63, unit: 'grapheme' }).filter((name) => name.length <= 63 && !name.includes('\0')),
);
/** Unique without regard to case, as definitions are. */
const someColumns = fc.uniqueArray(someName, { minLength: 1, maxLength: 40, selector: (name) => name.toLowerCase() });
const someCase = fc.constantFrom('camelCase' as const, 'snake_case' as const);

describe('names of columns', () => {
  it('are legal and different in every target, and do not depend on what is selected', () => {
    fc.assert(
      fc.property(someColumns, someCase, (names, columns) => {
        const result = landed(names, { columns });
        expect(new Set(result.map((name) => name.toLowerCase())).size).toBe(names.length);
        for (const name of result) {
          expect(bytes(name)).toBeLessThanOrEqual(NAME_BYTES_MAX);
          expect(name).not.toMatch(/^(hdr__|entrada__|(tableoid|xmin|cmin|xmax|cmax|ctid)$)/i);
          expect(name.isWellFormed()).toBe(true);
        }
        expect(landed(names, { columns })).toEqual(result);
        const { columns: all } = datasetOf(names);
        const some = { ...datasetOf(names), columns: all.map((column, at) => ({ ...column, selected: at % 2 === 0 })) };
        expect(withLandedColumns(some, settings({ columns })).columns.map(({ name }) => name)).toEqual(result);
      }),
      { numRuns: 300 },
    );
  });

  it('need no quotes in snake_case, where Graph uses ASCII', () => {
    const ascii = fc.stringMatching(/^[A-Za-z@][A-Za-z0-9._]{0,50}$/);
    fc.assert(
      fc.property(fc.uniqueArray(ascii, { minLength: 1, maxLength: 20, selector: (name) => name.toLowerCase() }), (names) => {
        for (const name of landed(names, { columns: 'snake_case' })) {
          expect(name).toMatch(/^[a-z_][a-z0-9_]*$/);
          expect(isReservedWord(name)).toBe(false);
        }
      }),
    );
  });

  it('stay as Graph has them unless the task says otherwise', () => {
    const dataset = datasetOf(['id', 'displayName', 'user']);
    expect(withLandedColumns(dataset, settings({}))).toBe(dataset);
  });

  it.each([
    ['onPremisesSamAccountName', 'on_premises_sam_account_name'],
    ['deviceOSVersion', 'device_os_version'],
    ['employeeOrgData.costCenter', 'employee_org_data_cost_center'],
    ['@parent.id', 'parent_id'],
    ['isMFACapable', 'is_mfa_capable'],
    ['sha256', 'sha256'],
    ['user', 'user'],
  ])('%s is %s in snake_case', (name, snake) => {
    expect(toSnakeCase(name)).toBe(snake);
  });

  it('keep a name for who has it by a rule, then for who is called so, and tell the others apart', () => {
    const names = ['displayName', 'display_name', 'DISPLAY.name'];
    const [first, second, third] = landed(names, { columns: 'snake_case' });
    expect(second).toBe('display_name');
    expect([first, third]).toEqual([
      expect.stringMatching(/^display_name_[0-9a-f]{8}$/),
      expect.stringMatching(/^display_name_[0-9a-f]{8}$/),
    ]);
    const renames = [{ dataset: 'users', column: 'DISPLAY.name', to: 'display_name' }];
    expect(landed(names, { columns: 'snake_case', renames })[2]).toBe('display_name');
  });

  it('follow the rule of the dataset before the one for all datasets', () => {
    const renames = [
      { dataset: '*', column: 'id', to: 'entra_id' },
      { dataset: 'users', column: 'id', to: 'user_id' },
    ];
    expect(landed(['id'], { renames })).toEqual(['user_id']);
    expect(landedDefinition(datasetOf(['id'], 'groups'), settings({ renames })).columns[0]?.name).toBe('entra_id');
  });

  it('rename the column of the parent with it', () => {
    const members = { ...datasetOf(['groupId', 'id'], 'group_members'), parent: { path: '/groups', column: 'groupId' } };
    expect(withLandedColumns(members, settings({ columns: 'snake_case' })).parent?.column).toBe('group_id');
  });
});

describe('names of tables', () => {
  const someDataset = fc.stringMatching(/^[a-z][a-z0-9_]{0,54}$/);
  const somePrefix = fc.stringMatching(/^([a-z][a-z0-9_]{0,19})?$/).filter((prefix) => !/^(hdr__|entrada)/.test(prefix));

  it('are legal with all tables beside them, and different', () => {
    fc.assert(
      fc.property(fc.uniqueArray(someDataset, { maxLength: 30 }), somePrefix, (datasets, tablePrefix) => {
        const tables = datasets.map((dataset) => tableNameOf(dataset, settings({ tablePrefix })));
        expect(new Set(tables).size).toBe(datasets.length);
        for (const name of tables.flatMap((table) => [table, ...possibleSideTableNames(table)])) {
          expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
          expect(bytes(name)).toBeLessThanOrEqual(NAME_BYTES_MAX);
        }
      }),
    );
  });

  it('carry the prefix in front of a name that was chosen', () => {
    const renames = [{ dataset: 'users', column: null, to: 'people' }];
    expect(tableNameOf('users', settings({ tablePrefix: 'entra_', renames }))).toBe('entra_people');
    expect(tableNameOf('groups', settings({ tablePrefix: 'entra_', renames }))).toBe('entra_groups');
  });
});

test.each([
  [[{ dataset: '*', to: 'all' }], 'gives all tables the same name'],
  [
    [
      { dataset: 'users', to: 'people' },
      { dataset: 'users', to: 'persons' },
    ],
    'Two rules rename',
  ],
  [
    [
      { dataset: 'users', to: 'people' },
      { dataset: 'groups', to: 'people' },
    ],
    'Two rules give the name people',
  ],
  [
    [
      { dataset: 'users', column: 'id', to: 'key' },
      { dataset: 'users', column: 'mail', to: 'KEY' },
    ],
    'Two rules give the name KEY',
  ],
  [[{ dataset: 'users', column: 'id', to: 'hdr__id' }], 'reserved'],
  [[{ dataset: 'users', to: 'Drop Table' }], 'table name'],
])('refuses the rules %j', (renames, message) => {
  const result = NamesSettings.safeParse({ renames });
  expect(JSON.stringify(result.error?.issues)).toContain(message);
});
