import { expect, test } from 'vitest';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { findColumns, profileColumns } from './profile.ts';

function columnsOf(columns: Readonly<Record<string, ColumnType>>) {
  return fakeDataset(columns, { key: [] }).columns;
}

const PLANS = {
  id: 'string',
  'servicePlans[].servicePlanId': 'string',
  'servicePlans[].@item': 'string',
  'servicePlans[].@extra': 'json',
} as const;
const ROWS = [
  {
    id: '1',
    other: 1,
    servicePlans: [
      { servicePlanId: 'abc', newer: 'x' },
      { ServicePlanId: 'b', newer: null, 'n@odata.type': '#t' },
    ],
  },
  { id: '2', servicePlans: null },
];

test('properties of items are found and counted by item, whatever their case', () => {
  const [found, ...more] = findColumns(columnsOf(PLANS), ROWS);
  expect(more).toEqual([]);
  expect(found?.column).toMatchObject({
    name: 'newer',
    sourcePath: 'servicePlans[].newer',
    type: 'string',
    sampled: { rows: 2, nulls: 1 },
  });
  const profiled = profileColumns(columnsOf(PLANS), ROWS).map(({ column }) => [
    column.sourcePath,
    column.sampled,
    column.maxLength,
  ]);
  expect(profiled).toEqual([
    ['id', { rows: 2, nulls: 0 }, 1],
    ['servicePlans[].servicePlanId', { rows: 2, nulls: 0 }, 3],
    ['servicePlans[].@item', null, null],
    ['servicePlans[].@extra', null, null],
  ]);
});

test('properties of an object that is read along are found beside those of the row', () => {
  const columns = columnsOf({ id: 'string', 'manager.id': 'string', 'manager.@extra': 'json', '@odata.type': 'string' });
  const rows = [{ id: '1', '@odata.type': '#t', newer: true, manager: { Id: '2', rank: 3 } }];
  expect(findColumns(columns, rows).map(({ column }) => [column.name, column.sourcePath, column.type])).toEqual([
    ['manager_rank', 'manager.rank', 'int64'],
    ['newer', 'newer', 'boolean'],
  ]);
});
