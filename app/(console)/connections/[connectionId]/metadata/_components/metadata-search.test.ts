import { describe, expect, it } from 'vitest';
import { MetadataSearch, metadataHref, newTaskHref } from './metadata-search.ts';

describe('the address of the metadata page', () => {
  it('carries dataset and tab, and reads back what it wrote', () => {
    const href = metadataHref('conn_x', 'users', 'preview');
    expect(href).toBe('/connections/conn_x/metadata?dataset=users&tab=preview');
    expect(MetadataSearch.parse(Object.fromEntries(new URL(href, 'http://x').searchParams))).toEqual({
      dataset: 'users',
      tab: 'preview',
    });
  });

  it('leaves the first tab out', () => {
    expect(metadataHref('conn_x', 'users')).toBe('/connections/conn_x/metadata?dataset=users');
  });

  it('takes nonsense as absent', () => {
    expect(MetadataSearch.parse({ dataset: ['a', 'b'], tab: 'graph', offer: 'users' })).toEqual({
      dataset: undefined,
      offer: undefined,
      tab: 'columns',
    });
    expect(MetadataSearch.parse({})).toEqual({ tab: 'columns' });
  });
});

describe('the address of a new task', () => {
  it('names the chosen datasets, unless there are too many for an address', () => {
    expect(newTaskHref('conn_x', ['users', 'groups'])).toBe('/tasks/new?connection=conn_x&datasets=users%2Cgroups');
    expect(
      newTaskHref(
        'conn_x',
        Array.from({ length: 61 }, (_, index) => `d${index}`),
      ),
    ).toBe('/tasks/new?connection=conn_x');
  });
});
