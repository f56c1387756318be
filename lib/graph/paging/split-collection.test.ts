import { describe, expect, it } from 'vitest';
import { type Part, partFilter, type SplitRule } from '#lib/domain/dataset/partition.ts';
import { splitCollection } from './split-collection.ts';

const NOW = new Date('2026-11-25T12:00:00Z');
const UPN: SplitRule = { kind: 'prefix', property: 'userPrincipalName' };
const CREATED: SplitRule = { kind: 'window', property: 'createdDateTime' };

/** Pseudo-random numbers from a seed, so that a failure can be reproduced. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Whether a value passes the filter, by the words that a part has. */
function passes(value: string, filter: string): boolean {
  if (filter === '') return true;
  if (filter.startsWith('('))
    return filter
      .slice(1, -1)
      .split(' or ')
      .some((part) => passes(value, part));
  const prefix = /^startsWith\(\w+,'((?:[^']|'')*)'\)$/.exec(filter)?.[1];
  if (prefix !== undefined) return value.toLowerCase().startsWith(prefix.replaceAll("''", "'"));
  return filter.split(' and ').every((bound) => {
    const [, operator, moment] = bound.split(' ');
    return operator === 'ge' ? Date.parse(value) >= Date.parse(moment ?? '') : Date.parse(value) <= Date.parse(moment ?? '');
  });
}

async function split(rule: SplitRule, values: readonly string[], options: { rowsMax: number; pageSize: number }) {
  const counted: string[] = [];
  const found = await splitCollection({
    rule,
    ...options,
    now: NOW,
    count: async (filters) => {
      counted.push(...filters);
      return filters.map((filter) => values.filter((value) => passes(value, filter)).length);
    },
  });
  if (found === null) return null;
  const parts: Part[] = [...found.first.ready];
  for await (const { ready } of found.deeper()) parts.push(...ready);
  return { parts, filters: parts.map(({ spans }) => partFilter(rule, spans)), counted };
}

const NAMES = ['an', 'ma', 'mi', "o'n", 'sv', 'x', 'e0'];
function names(seed: number, count: number): string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const name = NAMES[Math.floor(random() ** 2 * NAMES.length)] ?? 'a';
    return `${name}${random() < 0.3 ? '.' : ''}${index}@contoso.com`;
  });
}

describe('parts by the beginning of a name', () => {
  it.each([1, 2, 3, 4, 5])('hold every row once, and none is much too large (seed %i)', async (seed) => {
    const values = names(seed, 3000);
    const found = await split(UPN, values, { rowsMax: 90, pageSize: 30 });
    for (const value of values) {
      expect(
        found?.filters.filter((filter) => passes(value, filter)),
        value,
      ).toHaveLength(1);
    }
    expect(Math.max(...(found?.parts.map(({ rows }) => rows) ?? []))).toBeLessThanOrEqual(180);
  });

  it('spend no more counts than are worth it', async () => {
    const values = Array.from({ length: 3000 }, (_, index) => `averylongcommonbeginning${String(index).padStart(9, '0')}`);
    const found = await split(UPN, values, { rowsMax: 90, pageSize: 30 });
    expect(found?.counted.length).toBeLessThan(1000);
    expect(found?.parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(values.length);
  });

  it('are not made when a row is in none of them', async () => {
    expect(await split(UPN, [...names(1, 500), 'émile@contoso.com'], { rowsMax: 90, pageSize: 30 })).toBeNull();
  });

  it('leave a part whole when what is in it does not add up', async () => {
    const values = [...names(1, 1000), ...Array.from({ length: 200 }, (_, index) => `zé${index}`)];
    const found = await split(UPN, values, { rowsMax: 90, pageSize: 30 });
    expect(found?.filters).toContain("startsWith(userPrincipalName,'z')");
  });
});

describe('parts by the time of creation', () => {
  const dates = (seed: number, count: number): string[] => {
    const random = createRandom(seed);
    return Array.from({ length: count }, () => {
      const year = random() < 0.5 ? 2019.1 : 2010 + random() * 16;
      const at = Date.UTC(Math.floor(year), 0, 1) + (year % 1) * 31_536_000_000 + Math.floor(random() * 3600) * 1000;
      return new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000', '');
    });
  };

  it.each([1, 2, 3])('hold every row once (seed %i)', async (seed) => {
    const values = dates(seed, 2000);
    const found = await split(CREATED, values, { rowsMax: 90, pageSize: 30 });
    for (const value of values)
      expect(
        found?.filters.filter((filter) => passes(value, filter)),
        value,
      ).toHaveLength(1);
    expect(Math.max(...(found?.parts.map(({ rows }) => rows) ?? []))).toBeLessThanOrEqual(90);
  });

  it('keep rows of the same second together', async () => {
    const found = await split(CREATED, Array<string>(500).fill('2020-02-02T02:02:02Z'), { rowsMax: 90, pageSize: 30 });
    expect(found?.parts.map(({ rows }) => rows)).toEqual([500]);
  });

  it('are not made when rows have no time of creation', async () => {
    expect(await split(CREATED, [...dates(1, 500), ''], { rowsMax: 90, pageSize: 30 })).toBeNull();
  });
});
