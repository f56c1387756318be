import { describe, expect, it } from 'vitest';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { buildFilter, EMPTY_FILTER, type FilterGroup } from '#lib/domain/filter/filter.ts';
import { makeColumn } from '#lib/domain/testing/make-column.ts';
import { appendAt, changeAt, conditionOn, isStructured, withOperator } from './filter-draft.ts';

const column = (name: string, over: Partial<Column> = {}) => makeColumn(name, { filter: ['eq', 'in'], ...over });

const city = { ...conditionOn(column('city')), values: ['Bonn'] };
const state = { ...conditionOn(column('state')), values: ['NW'] };
const either: FilterGroup = { kind: 'group', join: 'or', items: [state, city], not: false };

describe('editing a filter', () => {
  it('adds conditions and groups anywhere', () => {
    const draft = appendAt(appendAt(EMPTY_FILTER, [], city), [], either);
    expect(buildFilter(appendAt(draft, [1], city))).toBe(
      "city eq 'Bonn' and (state eq 'NW' or city eq 'Bonn' or city eq 'Bonn')",
    );
  });

  it('changes one node and leaves the others', () => {
    const draft: FilterGroup = { ...EMPTY_FILTER, items: [city, either] };
    const changed = changeAt(draft, [1, 0], (node) => (node.kind === 'condition' ? { ...node, values: ['BY'] } : node));
    expect(buildFilter(changed)).toBe("city eq 'Bonn' and (state eq 'BY' or city eq 'Bonn')");
    expect(changed.items[0]).toBe(city);
  });

  it('takes an emptied group out with its last condition', () => {
    const draft: FilterGroup = { ...EMPTY_FILTER, items: [city, { ...either, items: [state] }] };
    expect(changeAt(draft, [1, 0], () => null).items).toEqual([city]);
  });

  it('keeps the outermost group', () => {
    expect(changeAt({ ...EMPTY_FILTER, items: [city] }, [0], () => null)).toEqual(EMPTY_FILTER);
    expect(changeAt(either, [], (node) => (node.kind === 'group' ? { ...node, join: 'and' } : node)).join).toBe('and');
  });
});

describe('a new condition', () => {
  it('is about the items of a collection', () => {
    const proxies = column('proxyAddresses', { type: 'json', edmType: 'Collection(Edm.String)', filter: ['any', 'startsWith'] });
    expect(conditionOn(proxies)).toMatchObject({ item: '', type: 'string', operator: 'eq' });
  });

  it('keeps its value when the operator changes, as far as that has one', () => {
    expect(withOperator(city, 'in').values).toEqual(['Bonn']);
    expect(withOperator(withOperator(city, 'isNull'), 'eq').values).toEqual(['']);
  });
});

it('properties below a column are asked for where there are some', () => {
  const columns = [
    column('licences', { type: 'json', edmType: 'Collection(microsoft.graph.assignedLicense)' }),
    column('signInActivity', { type: 'json', edmType: 'microsoft.graph.signInActivity' }),
    column('groupTypes', { type: 'json', edmType: 'Collection(Edm.String)' }),
    column('city'),
  ];
  expect(columns.map(({ sourcePath }) => isStructured(sourcePath, columns))).toEqual([true, true, false, false]);
});
