import { describe, expect, test } from 'vitest';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { type DriftDecision, driftSentence } from '#lib/domain/run/drift.ts';
import { DriftSettings } from '#lib/domain/task/drift-settings.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { type DatasetPlan, planReload } from '#lib/reload/engine/plan.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { fitsType, POSTGRES_TYPE } from '#lib/targets/postgres/table/types.ts';
import { adaptPlan } from './adapt-plan.ts';
import { decideDrift } from './decide-drift.ts';
import { driftProblem } from './drift-problem.ts';
import { type LandedTable, landedColumns, recordOf } from './landed-table.ts';

/** The plan of columns by name: a type, or a property and a type. */
function planOf(columns: Readonly<Record<string, ColumnType | readonly [string, ColumnType]>>, drift: object = {}): DatasetPlan {
  const known = Object.entries(columns).map(([name, of]) =>
    typeof of === 'string' ? ([name, name, of] as const) : ([name, ...of] as const),
  );
  const dataset = fakeDataset(Object.fromEntries(known.map(([, path, type]) => [path, type])));
  const names = new Map(known.map(([name, path]) => [path, name]));
  const named = {
    ...dataset,
    columns: dataset.columns.map((column) => ({ ...column, name: names.get(column.name) ?? column.name })),
  };
  const settings = LandingSettings.parse({ schema: 'hr', drift });
  const [plan] = planReload([named], { method: 'reload-and-compare', targetId: 'targ_22222222222222222222', settings }).datasets;
  if (plan === undefined) throw new TypeError('no plan');
  return plan;
}

/** A landed table of PostgreSQL; `recorded` names the columns that were recorded, each with its property. */
function landed(
  columns: Readonly<Record<string, ColumnType>>,
  { recorded = {}, ...more }: Partial<LandedTable> & { readonly recorded?: Readonly<Record<string, string>> } = {},
): LandedTable {
  const types = new Map(Object.entries(columns).map(([name, type]) => [name, POSTGRES_TYPE[type]]));
  const records = Object.entries(recorded).map(([name, sourcePath]) => ({ name, sourcePath, type: columns[name] ?? 'string' }));
  return {
    ...{ label: 'hr.users', columns: landedColumns(types, records), isReplaced: false, renames: 'at-end' },
    ...{ drops: true, ignoresCase: false, converts: true, typeOf: ({ type }) => POSTGRES_TYPE[type], fits: fitsType, ...more },
  };
}

const found = (decisions: readonly DriftDecision[]) =>
  Object.fromEntries(decisions.map(({ column, action }) => [column, action]));

describe('what is decided of columns that differ', () => {
  const was = { recorded: { id: 'id', a: 'a', b: 'b' } };
  const TABLE = { id: 'string', a: 'string', b: 'int32' } as const;
  test.each<[string, DatasetPlan, LandedTable, Record<string, string>]>([
    ['nothing, where all are the same', planOf(TABLE), landed(TABLE, was), {}],
    ['nothing, where the table holds more', planOf({ ...TABLE, a: 'guid' }), landed(TABLE, was), {}],
    ['a new one is left out', planOf({ ...TABLE, c: 'date' }, { new: 'ignore' }), landed(TABLE, was), { c: 'left-out' }],
    ['a person’s column is kept', planOf(TABLE, { lost: 'stop' }), landed({ ...TABLE, own: 'string' }, was), {}],
    ['a person’s column is not dropped', planOf(TABLE, { lost: 'drop' }), landed({ ...TABLE, own: 'string' }, was), {}],
    ['one that cannot be widened stops', planOf({ ...TABLE, b: 'date' }), landed(TABLE, was), { b: 'stopped' }],
    [
      'a type that a person gave the column cannot be kept',
      planOf({ ...TABLE, b: 'string' }, { retyped: 'keep' }),
      landed(TABLE, { columns: [...landed(TABLE, was).columns.slice(0, 2), { name: 'b', type: 'smallint', recorded: null }] }),
      { b: 'stopped' },
    ],
    [
      'the type of the table is kept',
      planOf({ ...TABLE, b: 'string' }, { retyped: 'keep' }),
      landed(TABLE, was),
      { b: 'kept-type' },
    ],
    [
      'without a record a name is new',
      planOf({ id: 'string', a: 'string', c: ['b', 'int32'] }),
      landed(TABLE),
      { c: 'added', b: 'kept' },
    ],
    [
      'a key cannot stand beside itself',
      planOf({ key: ['id', 'string'], a: 'string', b: 'int32' }),
      landed(TABLE, was),
      { key: 'stopped' },
    ],
    [
      'names that differ in case only are one where the target says so',
      planOf({ id: 'string', A: ['a', 'string'], b: 'int32' }),
      landed(TABLE, { ignoresCase: true }),
      { A: 'renamed' },
    ],
    [
      'a renamed one is widened too',
      planOf({ id: 'string', a: 'string', c: ['b', 'int64'] }, { renamed: 'rename' }),
      landed(TABLE, was),
      { c: 'widened' },
    ],
  ])('%s', (_name, plan, table, expected) => {
    expect(found(decideDrift(plan, table))).toEqual(expected);
  });

  test('the plan reads the old names and types, and the record has the new ones', () => {
    const plan = planOf(
      { id: 'string', a: 'string', c: ['b', 'string'], d: 'date' },
      { renamed: 'rename', retyped: 'keep', new: 'ignore' },
    );
    const table = landed(TABLE, was);
    const drift = decideDrift(plan, table);
    const { plan: read } = adaptPlan(plan, drift, table);
    expect(read.columns.map(({ name, type, sourcePath }) => [name, type, sourcePath])).toEqual([
      ['id', 'string', 'id'],
      ['a', 'string', 'a'],
      ['b', 'int32', 'b'],
    ]);
    expect(read.dataset.columns.find(({ name }) => name === 'd')?.selected).toBe(false);
    expect(recordOf({ plan: read, unread: [], drift }, [], new Set()).map(({ name, sourcePath }) => [name, sourcePath])).toEqual([
      ['id', 'id'],
      ['a', 'a'],
      ['c', 'b'],
    ]);
    expect(drift.map(driftSentence)).toEqual([
      'Column b renamed to c.',
      'Type of c kept as integer; the dataset has text.',
      'New column d not landed (setting of the task).',
    ]);
  });

  test('the problem names the column, what changed and each remedy, and says how many more there are', () => {
    const drift = DriftSettings.parse({ new: 'stop', lost: 'stop' });
    const plan = planOf({ id: 'string', a: 'string', c: 'date' }, drift);
    const problem = driftProblem(decideDrift(plan, landed(TABLE, was)), { label: 'hr.users', drift })?.problem;
    expect(problem).toEqual({
      code: 'schema-drift',
      title: 'Column c of hr.users is new, and the setting of the task for new columns is to stop.',
      detail: 'Column b is no longer read.',
      remedy:
        'Deselect c on the connection metadata page, or set New columns of the task to “Add the column” or “Do not land it”. Nothing was changed.',
      fixer: 'you',
      field: 'c',
    });
  });
});
