import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Column, ColumnType, DatasetArea, DatasetDefinition, FilterOperator, ReadOptions } from '#lib/domain/dataset/dataset.ts';
import { sourcePathProblem } from '#lib/domain/dataset/source-path.ts';
import { fromFile, type NamedDefinition, toFile } from '#lib/domain/metadata/metadata-file.ts';
import { datasetDefinition } from '#lib/services/testing/fake-executor.ts';
import { readFile } from './read-file.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/).filter((value) => !value.toLowerCase().startsWith('hdr__'));
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const operators = fc.uniqueArray(fc.constantFrom(...FilterOperator.options));

const columns = fc
  .uniqueArray(
    fc.record({
      name,
      sourcePath: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((path) => sourcePathProblem(path) === null),
      type: fc.constantFrom(...ColumnType.options.filter((type) => type !== 'json')),
      edmType: text,
      nullable: fc.boolean(),
      selected: fc.boolean(),
      returnedByDefault: fc.boolean(),
      description: orNull(text),
      origin: fc.constantFrom(...Column.shape.origin.unwrap().options),
      maxLength: orNull(fc.nat()),
      sampled: orNull(fc.record({ rows: fc.nat(), nulls: fc.nat() })),
      enumValues: orNull(fc.array(text)),
      permission: orNull(text),
      licence: orNull(text),
      filter: operators,
      advancedFilter: operators,
      conflictsWith: fc.array(text),
      nested: fc.constantFrom('json' as const, 'child' as const),
    }),
    { minLength: 1, maxLength: 6, selector: (column) => column.name.toLowerCase() },
  )
  .map((list) => list.filter((column, index) => list.findIndex((other) => other.sourcePath === column.sourcePath) === index))
  .map((list) =>
    list.map((column, index) =>
      index === 0 ? { ...column, key: true, selected: true, nullable: false } : { ...column, key: false },
    ),
  );

const dataset = fc
  .record({
    selected: fc.boolean(),
    definition: fc.record({
      version: fc.constant(1 as const),
      name: fc.stringMatching(/^[a-z][a-z0-9_]{0,30}$/),
      title: text,
      area: fc.constantFrom(...DatasetArea.options),
      description: text,
      kind: fc.constantFrom('entity' as const, 'relationship' as const, 'child' as const),
      origin: fc.constantFrom('catalogue' as const, 'advanced' as const, 'import' as const),
      path: fc.stringMatching(/^\/[a-zA-Z0-9{}/]{0,30}$/),
      entityType: text,
      parent: orNull(fc.record({ path: fc.stringMatching(/^\/[a-z]{1,20}$/), column: name })),
      permissions: fc.array(text),
      applicationPermissions: fc.array(text),
      clouds: orNull(fc.array(text)),
      filter: orNull(text),
      child: orNull(fc.record({ dataset: text, sourcePath: text })),
      licence: orNull(text),
      read: fc.record({
        pageSizeMax: orNull(fc.integer({ min: 1, max: 9999 })),
        select: fc.boolean(),
        advancedQuery: fc.boolean(),
        countable: fc.boolean(),
        delta: fc.boolean(),
        options: fc.uniqueArray(fc.constantFrom('filter' as const, 'orderby' as const, 'search' as const)),
        throttling: fc.constantFrom(...ReadOptions.shape.throttling.unwrap().options),
      }),
      columns,
    }),
  })
  .map(({ selected, definition }): NamedDefinition => ({ selected, definition: DatasetDefinition.parse(definition) }));

const datasets = fc.uniqueArray(dataset, { minLength: 1, maxLength: 4, selector: ({ definition }) => definition.name });

describe('reading a file', () => {
  it.each([
    ['JSON', (value: object) => JSON.stringify(value, null, 2)],
    ['YAML', (value: object) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })],
  ])('what was written as %s reads back to the same, whatever it is', (_format, write) => {
    fc.assert(
      fc.property(datasets, (list) => {
        const written = write(toFile(list));
        const read = readFile(written);
        expect(read.ok ? fromFile(read.file) : read.problems).toEqual(list);
        // Writing it again gives the same bytes.
        expect(read.ok ? write(toFile(fromFile(read.file))) : '').toBe(written);
      }),
      { numRuns: 150 },
    );
  });

  const good = JSON.stringify(toFile([{ definition: datasetDefinition('users'), selected: true }]), null, 2);
  const yaml = stringify(JSON.parse(good), { lineWidth: 0 });

  it.each([
    ['nothing', '  ', { path: '', message: /empty/ }],
    ['JSON that is cut off', good.slice(0, 400), { path: '', message: /not valid JSON/ }],
    ['a comma too many', good.replace('"users",', '"users",,'), { path: '', at: '"users",,', message: /not valid JSON/ }],
    ['wrong indentation', yaml.replace('    area:', '   area:'), { path: '', at: '   area:', message: /not valid YAML/ }],
    [
      'another format',
      '{"format":"x","version":1,"datasets":[]}',
      { path: 'format', at: '"x"', message: /not "entrada-metadata"/ },
    ],
    [
      'a newer version',
      good.replace('"version": 1', '"version": 2'),
      { path: 'version', at: '"version": 2', message: /reads only version 1/ },
    ],
    [
      'a type that there is not',
      good.replace('"type": "string"', '"type": "text"'),
      { path: 'datasets[0].columns[0].type', at: '"text"', remedy: /one of "string", "boolean"/ },
    ],
    [
      'a member that is misspelt',
      yaml.replace('sourcePath: id', 'source_path: id'),
      { path: 'datasets[0].columns[0].sourcePath', at: '- name: id', message: /missing/ },
    ],
    ['a path to another place', good.replace('"/users"', '"/../me?x=1"'), { path: 'datasets[0].path', message: /no query/ }],
    [
      'a path at which nothing can be',
      good.replace('"sourcePath": "id"', '"sourcePath": "[]"'),
      { path: 'datasets[0].columns[0].sourcePath', message: /path has an empty name/ },
    ],
    [
      'two columns of one name',
      good.replace('"name": "displayName"', '"name": "ID"'),
      { path: 'datasets[0].columns[1].name', message: /Another column/ },
    ],
  ])('where there is %s it says so, and what to do', (_what, file, expected) => {
    const read = readFile(file);
    expect(read.ok).toBe(false);
    const [first] = read.ok ? [] : read.problems;
    expect(first?.path).toBe(expected.path);
    if ('at' in expected) expect(first?.line).toBe(file.slice(0, file.indexOf(expected.at)).split('\n').length);
    if ('message' in expected) expect(first?.message).toMatch(expected.message);
    expect(first?.remedy).toMatch('remedy' in expected ? (expected.remedy ?? /./) : /./);
  });

  it('tells a misspelt member by its name too', () => {
    const read = readFile(yaml.replace('sourcePath: id', 'source_path: id'));
    expect(read.ok ? [] : read.problems.map(({ path }) => path)).toContain('datasets[0].columns[0].source_path');
  });

  it('refuses aliases that blow up', () => {
    const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;
    const read = readFile(bomb);
    expect(read.ok ? '' : read.problems[0]?.message).toMatch(/alias/i);
  });
});

it.each([
  ['JSON lists', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`],
  ['JSON objects', `${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}`],
  ['JSON that never closes', '['.repeat(1_000_000)],
  ['a member of good JSON', `{"version":1,"datasets":[{"name":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}]}`],
  ['YAML flow lists', `version: ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['YAML block lists', `version:\n  ${'- '.repeat(10_000)}x`],
])('%s nested without end are a problem of the file, no error', (_, text) => {
  expect(readFile(text)).toMatchObject({ ok: false, problems: [{ message: expect.any(String) }] });
});
