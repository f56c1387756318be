import { describe, expect, it } from 'vitest';
import { makeColumn } from '#lib/domain/testing/make-column.ts';
import {
  buildFilter,
  conditionProblem,
  EMPTY_FILTER,
  type FilterCondition,
  type FilterGroup,
  filterableColumns,
  needsAdvancedQuery,
  operatorsOf,
} from './filter.ts';
import { literalTypeOf, valueProblem } from './filter-literal.ts';

function condition(over: Partial<FilterCondition> = {}): FilterCondition {
  const base = { path: 'displayName', operator: 'eq', type: 'string', values: ['x'], item: null, not: false } as const;
  return { kind: 'condition', ...base, ...over };
}

const group = (join: 'and' | 'or', ...items: FilterGroup['items']): FilterGroup => ({ kind: 'group', join, items, not: false });

const columns = [
  makeColumn('displayName', { filter: ['eq', 'startsWith'], advancedFilter: ['ne', 'endsWith', 'eqNull'] }),
  makeColumn('companyName', { filter: ['eq'], advancedFilter: ['startsWith'] }),
  makeColumn('groupTypes', { type: 'json', edmType: 'Collection(Edm.String)', filter: ['any'] }),
  makeColumn('photo', { type: 'binary', edmType: 'Edm.Binary' }),
  makeColumn('@parent.id', { filter: ['eq'] }),
];

describe('the text of a filter', () => {
  it.each([
    ['quotes are doubled', condition({ values: ["O'Brien"] }), "displayName eq 'O''Brien'"],
    ['booleans stand bare', condition({ path: 'accountEnabled', type: 'boolean', values: ['true'] }), 'accountEnabled eq true'],
    ['functions are calls', condition({ operator: 'startsWith', values: ['a'] }), "startswith(displayName,'a')"],
    ['null is a word', condition({ operator: 'isNotNull', values: [] }), 'displayName ne null'],
    ['a list', condition({ operator: 'in', values: ['a', 'b'] }), "displayName in ('a','b')"],
    ['any item', condition({ path: 'groupTypes', item: '' }), "groupTypes/any(x:x eq 'x')"],
    ['any item by its property', condition({ path: 'identities', item: 'issuer' }), "identities/any(x:x/issuer eq 'x')"],
    ['not around a comparison', condition({ not: true }), "not (displayName eq 'x')"],
    ['not before a call', condition({ operator: 'endsWith', not: true }), "not endswith(displayName,'x')"],
    ['nothing', EMPTY_FILTER, ''],
    [
      'groups within groups',
      group('and', condition(), group('or', condition(), condition())),
      "displayName eq 'x' and (displayName eq 'x' or displayName eq 'x')",
    ],
    ['an empty group within leaves no trace', group('and', condition(), group('or')), "displayName eq 'x'"],
  ])('%s', (_what, node, text) => {
    expect(buildFilter(node)).toBe(text);
  });
});

describe('what a column can be filtered by', () => {
  it('is what Graph says, and names what needs the advanced headers', () => {
    expect(operatorsOf(columns[0] ?? makeColumn(''))).toEqual([
      { operator: 'eq', advanced: false },
      { operator: 'ne', advanced: true },
      { operator: 'startsWith', advanced: false },
      { operator: 'endsWith', advanced: true },
      { operator: 'isNull', advanced: true },
      { operator: 'isNotNull', advanced: true },
    ]);
  });

  it('leaves out columns without an operator, and those that no property stands behind', () => {
    expect(filterableColumns(columns).map(({ name }) => name)).toEqual(['displayName', 'companyName', 'groupTypes']);
  });

  it.each([
    ['Edm.String', 'string'],
    ['Edm.Guid', 'guid'],
    ['Edm.Int64', 'number'],
    ['Collection(Edm.Guid)', 'guid'],
    ['microsoft.graph.riskLevel', 'string'],
  ])('values of %s are written as %s', (edmType, type) => {
    expect(literalTypeOf({ edmType })).toBe(type);
  });
});

describe('a condition', () => {
  it.each([
    ['that is complete', condition(), null],
    ['on an unknown property', condition({ path: 'nope' }), /No column/],
    ['with an operator that Graph refuses', condition({ operator: 'ge' }), /does not support this operator/],
    ['without a value', condition({ values: [] }), /Enter a value/],
    [
      'with too many values',
      condition({ operator: 'in', values: Array(16).fill('x') }),
      /does not support this operator|at most 15/,
    ],
    ['with a value that is too long', condition({ values: ['x'.repeat(121)] }), /120/],
    ['that nobody has given a value', condition({ values: [''] }), /Enter a value/],
  ])('%s', (_what, one, problem) => {
    const said = conditionProblem(one, columns);
    if (problem === null) expect(said).toBeNull();
    else expect(said).toMatch(problem);
  });

  it.each([
    ['boolean', 'true', null],
    ['boolean', 'yes', /true or false/],
    ['number', '-1.5', null],
    ['number', '1,5', /number/],
    ['guid', 'x', /GUID/],
    ['dateTimeOffset', '2026-01-01T00:00:00Z', null],
    ['dateTimeOffset', '2026-01-01', /zone/],
    ['date', '2026-01-01', null],
    ['timeOfDay', '8:00', /time of day/],
    ['duration', 'P30D', null],
    ['duration', 'P', /duration/],
    ['date', '', /Enter a value/],
  ] as const)('of %s with %j', (type, value, problem) => {
    const said = valueProblem(value, type);
    if (problem === null) expect(said).toBeNull();
    else expect(said).toMatch(problem);
  });
});

describe('the advanced query headers', () => {
  it.each([
    ['not for a plain operator', condition(), false],
    ['for one that the column has only there', condition({ path: 'companyName', operator: 'startsWith' }), true],
    ['for not', condition({ not: true }), true],
    ['for ne on an unknown property', condition({ path: 'nope', operator: 'ne' }), true],
    ['when one of many needs them', group('or', condition(), condition({ operator: 'endsWith' })), true],
  ])('are needed %s', (_what, node, needed) => {
    expect(needsAdvancedQuery(buildFilter(node), node, columns)).toBe(needed);
  });

  it.each([
    ["tolower(displayName) eq 'a'", false],
    ["tolower(displayName) eq ' ne '", false],
    ['memberOf/$count gt 3', true],
    ["NOT(displayName eq 'a')", true],
    ['companyName eq null', true],
  ])('are told by the words of %s: %s', (text, needed) => {
    expect(needsAdvancedQuery(text, null, columns)).toBe(needed);
  });
});
