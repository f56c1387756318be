import { describe, expect, it } from 'vitest';
import { makeColumn } from '#lib/domain/testing/make-column.ts';
import { chooseColumns, searchColumns } from './column-search.ts';

const columns = [
  makeColumn('id', { key: true, nullable: false }),
  makeColumn('displayName', { description: 'The name displayed in the address book.' }),
  makeColumn('assignedLicenses', { type: 'json', edmType: 'Collection(graph.assignedLicense)' }),
];

describe('searching columns', () => {
  it.each([
    ['', ['id', 'displayName', 'assignedLicenses']],
    ['address', ['displayName']],
    ['JSON', ['assignedLicenses']],
    ['collection license', ['assignedLicenses']],
    ['address json', []],
  ])('%j finds %j', (query, names) => {
    expect(searchColumns(columns, query).map((found) => found.name)).toEqual(names);
  });
});

describe('choosing columns', () => {
  it('changes only those named', () => {
    const chosen = chooseColumns(columns, { sourcePaths: new Set(['displayName']), selected: false });
    expect(chosen.map((one) => one.selected)).toEqual([true, false, true]);
  });

  it('never drops the key', () => {
    const chosen = chooseColumns(columns, { sourcePaths: new Set(columns.map((one) => one.sourcePath)), selected: false });
    expect(chosen.map((one) => one.selected)).toEqual([true, false, false]);
  });
});
