import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/platform/testing/seeded-random.ts';
import { buildFilter, type FilterCondition, type FilterGroup, type FilterNode } from './filter.ts';
import type { LiteralType } from './filter-literal.ts';
import { parseFilter } from './parse-filter.ts';

function read(text: string): FilterGroup {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(`${parsed.fault} at ${parsed.at}: ${parsed.message}`);
  return parsed.group;
}

describe('a filter that people wrote', () => {
  it.each([
    ["displayName eq 'O''Brien'", "displayName eq 'O''Brien'"],
    ["startsWith(userPrincipalName,'a')", "startswith(userPrincipalName,'a')"],
    ["endswith( mail , '@contoso.com' )", "endswith(mail,'@contoso.com')"],
    ['accountEnabled eq true AND not(companyName eq null)', 'accountEnabled eq true and not (companyName eq null)'],
    ["NOT startsWith(displayName,'Test')", "not startswith(displayName,'Test')"],
    ["groupTypes/any(c:c eq 'Unified')", "groupTypes/any(x:x eq 'Unified')"],
    [
      'assignedLicenses/any(s:s/skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67)',
      'assignedLicenses/any(x:x/skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67)',
    ],
    ["proxyAddresses/any(x:startswith(x,'smtp:'))", "proxyAddresses/any(x:startswith(x,'smtp:'))"],
    ['createdDateTime ge 2026-01-01T00:00:00Z', 'createdDateTime ge 2026-01-01T00:00:00Z'],
    ['signInActivity/lastSignInDateTime le 2026-01-01T00:00:00Z', 'signInActivity/lastSignInDateTime le 2026-01-01T00:00:00Z'],
    ["department in ('IT','HR')", "department in ('IT','HR')"],
    ['a eq 1 or b eq 2 and c eq 3', '(a eq 1) or (b eq 2 and c eq 3)'],
    ['(a eq 1 or b eq 2) and c eq 3', '(a eq 1 or b eq 2) and c eq 3'],
    ["length eq duration'P1D'", "length eq duration'P1D'"],
  ])('%s is understood as it is meant', (text, meant) => {
    const built = buildFilter(read(text));
    expect(read(built)).toEqual(read(meant));
    expect(read(text)).toEqual(read(built));
  });

  it('gets parentheses where and stands beside or', () => {
    expect(buildFilter(read('a eq 1 or b eq 2 and c eq 3'))).toBe('a eq 1 or (b eq 2 and c eq 3)');
  });

  it.each([
    ["displayName eq 'open", 'syntax', 15, /closing quote/],
    ['displayName eq Anna', 'syntax', 15, /single quotes/],
    ['displayName', 'syntax', 11, /operator/],
    ['(a eq 1', 'syntax', 7, /missing/],
    ['a eq 1 b eq 2', 'syntax', 7, /Unexpected text/],
    ['a eq #', 'syntax', 5, /Unexpected character/],
    ['a ge null', 'syntax', 5, /eq and ne/],
    ["tolower(displayName) eq 'a'", 'beyond', 0, /builder does not support/],
    ['memberOf/$count gt 3', 'beyond', 0, /builder does not support/],
    ["identities/any(c:c/issuer eq 'a' and c/issuerAssignedId eq 'b')", 'beyond', 33, /more than one/],
    ["assignedPlans/all(p:p/service eq 'a')", 'beyond', 0, /builder does not support/],
    ["a has 'b'", 'beyond', 2, /operator/],
    ["a in (1,'b')", 'beyond', 6, /different types/],
  ] as const)('%s is said to be a fault of %s at %i', (text, fault, at, message) => {
    expect(parseFilter(text)).toEqual({ ok: false, fault, at, message: expect.stringMatching(message) });
  });

  it('of blanks alone is none', () => {
    expect(read('  ').items).toEqual([]);
  });
});

const VALUES: Readonly<Record<LiteralType, readonly string[]>> = {
  string: ["O'Brien", "''", '', 'a) and (b', 'x eq 1', 'äöü €', 'null', 'true', '2026-01-01'],
  boolean: ['true', 'false'],
  number: ['0', '-1', '9223372036854775807', '1.5'],
  guid: ['184efa21-98c3-4e5d-95ab-d07053a96e67'],
  dateTimeOffset: ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.1234567+02:00'],
  date: ['2026-01-01'],
  timeOfDay: ['08:30:00'],
  duration: ['P1D', 'PT4H'],
};

function arbitrary(next: () => number, depth: number): FilterNode {
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  if (depth > 0 && next() < 0.5) {
    const join = pick(['and', 'or'] as const);
    const items = Array.from({ length: 2 + Math.floor(next() * 2) }, () => arbitrary(next, depth - 1));
    return { kind: 'group', join, items, not: next() < 0.2 };
  }
  const operator = pick(['eq', 'ne', 'ge', 'in', 'startsWith', 'endsWith', 'contains', 'isNull', 'isNotNull'] as const);
  const type = operator === 'isNull' || operator === 'isNotNull' ? 'string' : pick(Object.keys(VALUES) as LiteralType[]);
  const count = operator === 'in' ? 2 : operator === 'isNull' || operator === 'isNotNull' ? 0 : 1;
  const values = Array.from({ length: count }, () => pick(VALUES[type]));
  const condition = { kind: 'condition', operator, type, values, not: next() < 0.3 } as const;
  return next() < 0.3
    ? ({ ...condition, path: 'identities', item: pick(['', 'issuer', 'a/b']) } satisfies FilterCondition)
    : ({ ...condition, path: pick(['displayName', 'a/b', 'extension_1_x', 'or_not']), item: null } satisfies FilterCondition);
}

/** `a and (b and c)` equals `a and b and c`: both are normalised to the form without inner parentheses. */
function meaning(node: FilterNode): FilterNode {
  if (node.kind === 'condition') return node;
  const [only, ...others] = node.items.map(meaning);
  return only !== undefined && others.length === 0 && !node.not ? only : { ...node, items: node.items.map(meaning) };
}

it('whatever the builder writes, it reads back', () => {
  const next = seededRandom(20261125);
  for (let round = 0; round < 2_000; round++) {
    const node = arbitrary(next, 3);
    const text = buildFilter(node);
    expect(meaning(read(text)), text).toEqual(meaning(node));
  }
});
