import { expect, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { toJsonSchema } from '#lib/domain/dataset/row-json-schema.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { planReload } from './plan.ts';

const TARGET = { targetId: 'targ_1', method: 'reload-and-compare', settings: LandingSettings.parse({ schema: 's' }) } as const;

function columnsOf(dataset: DatasetDefinition): readonly string[] | undefined {
  return planReload([dataset], TARGET).datasets[0]?.columns.map(({ name }) => name);
}

test('properties that exist in two spellings feed one column, that of the first', () => {
  const dataset = fakeDataset({
    id: 'string',
    extension_x_costCenter: 'string',
    extension_x_CostCenter: 'string',
    'a.b': 'string',
    'A.B': 'json',
  });
  expect(columnsOf(dataset)).toEqual(['id', 'extension_x_costCenter', 'a_b']);
  expect(JSON.stringify(toJsonSchema('t', [dataset]))).not.toContain('CostCenter"');
  const renamed = dataset.columns.map((column, index) => ({ ...column, name: `c${index}`, selected: index !== 1 }));
  expect(columnsOf({ ...dataset, columns: renamed })).toEqual(['c0', 'c2', 'c3']);
});

test('different properties whose columns have names that differ in case only are refused with what helps', () => {
  const dataset = fakeDataset({ id: 'string', one: 'string', two: 'string' });
  const columns = dataset.columns.map((column) => (column.name === 'two' ? { ...column, name: 'ONE' } : column));
  expect(() => columnsOf({ ...dataset, columns })).toThrowError(
    expect.objectContaining({ problem: expect.objectContaining({ code: 'columns-differ-in-case-only' }) }),
  );
  const left = columns.map((column) => (column.name === 'ONE' ? { ...column, selected: false } : column));
  expect(columnsOf({ ...dataset, columns: left })).toEqual(['id', 'one']);
});
