import { describe, expect, it } from 'vitest';
import { makeColumn } from '#lib/domain/testing/make-column.ts';
import { applyEdits, type BulkChoice, bulkEdits, columnRange, conflictOf, renameProblem } from './column-edits.ts';

const id = makeColumn('id', { key: true, nullable: false });
const mail = makeColumn('mail', { selected: false });
const city = makeColumn('city', { returnedByDefault: false, selected: false });
const state = makeColumn('state', { returnedByDefault: false });
const columns = [id, mail, city, state];

describe('edits', () => {
  it('change what they name', () => {
    const edited = applyEdits(columns, [{ sourcePath: 'mail', name: 'e_mail', selected: true }]);
    expect(edited[1]).toEqual({ ...mail, name: 'e_mail', selected: true });
    expect(edited[0]).toBe(id);
  });

  it('never drop the key, and what becomes one is always read', () => {
    expect(applyEdits(columns, [{ sourcePath: 'id', selected: false }])[0]?.selected).toBe(true);
    expect(applyEdits(columns, [{ sourcePath: 'city', key: true }])[2]).toMatchObject({ selected: true, nullable: false });
  });
});

describe('choosing many', () => {
  it.each([
    ['all', ['+mail', '+city']],
    ['default', ['+mail', '-state']],
    ['none', ['-state']],
    ['shown', ['+city']],
    ['shown-off', ['-state']],
  ] as const satisfies readonly (readonly [BulkChoice, readonly string[]])[])('%s changes %j', (choice, changes) => {
    const edits = bulkEdits(columns, [city, state], choice);
    expect(edits.map((edit) => `${edit.selected === true ? '+' : '-'}${edit.sourcePath}`)).toEqual(changes);
  });

  it('by Shift goes from the last one to this one, either way', () => {
    expect(columnRange(columns, 'city', 'id')).toEqual(['id', 'mail', 'city']);
    expect(columnRange(columns, null, 'mail')).toEqual(['mail']);
    expect(columnRange([id, mail], 'city', 'mail')).toEqual(['mail']);
  });
});

it('a name may stay what it is, and not become that of another', () => {
  expect(renameProblem(columns, 'mail', 'mail')).toBeNull();
  expect(renameProblem(columns, 'mail', 'CITY')).toMatch(/Another column/);
});

it('columns that Graph refuses beside each other are said, once both are selected', () => {
  const activity = makeColumn('signInActivity', { conflictsWith: ['state'] });
  expect(conflictOf(activity, [...columns, activity])).toMatch(/together with state/);
  expect(conflictOf({ ...activity, selected: false }, columns)).toBeNull();
});
