import { expect, it } from 'vitest';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { makeColumn } from '#lib/domain/testing/make-column.ts';
import { columnFacts, isAlwaysNull } from './column-facts.ts';

const told = (over: Partial<Column>) =>
  Object.fromEntries(columnFacts(makeColumn('mail', over)).map(({ term, value }) => [term, value]));

it('says what is known and leaves out what is not', () => {
  expect(told({})).toEqual({
    'Source path': 'mail',
    'Type in Graph': 'Edm.String',
    Returned: 'by default',
    'Known from': '$metadata of Graph',
  });
});

it.each([
  [{ sampled: { rows: 200, nulls: 200 } }, 'Seen in live rows', 'no value in 200 rows'],
  [{ sampled: { rows: 200, nulls: 199 } }, 'Seen in live rows', '1 value in 200 rows'],
  [{ maxLength: 44 }, 'Longest seen', '44 characters'],
  [{ enumValues: ['low', 'high'] }, 'Values', 'low, high'],
  [{ permission: 'AuditLog.Read.All' }, 'Permission', 'AuditLog.Read.All; without it, the column is left out'],
  [{ filter: ['eq' as const], advancedFilter: ['ne' as const, 'eqNull' as const] }, 'Filter, advanced', 'ne, isNull, isNotNull'],
  [{ returnedByDefault: false }, 'Returned', 'only on $select'],
])('%j says %s', (over, term, value) => {
  expect(told(over)[term]).toBe(value);
});

it('always null only where rows were looked at', () => {
  expect(isAlwaysNull({ sampled: null })).toBe(false);
  expect(isAlwaysNull({ sampled: { rows: 0, nulls: 0 } })).toBe(false);
  expect(isAlwaysNull({ sampled: { rows: 5, nulls: 5 } })).toBe(true);
});
