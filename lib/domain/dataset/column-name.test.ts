import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { columnNameProblem, legalColumnName, uniqueName } from './column-name.ts';

it.each([
  ['mail', null],
  ['Straße', null],
  ['with blank', null],
  ['', /Enter a name/],
  ['  ', /Enter a name/],
  [' mail', /blanks/],
  ['a\nb', /control/],
  ['ä'.repeat(32), /64/],
  ['x'.repeat(63), null],
  ['HDR__run_id', /hdr__/],
  ['ID', /Another column already has the name ID/],
])('%j as the name of a column', (name, problem) => {
  const said = columnNameProblem(name, ['id', 'displayName']);
  if (problem === null) expect(said).toBeNull();
  else expect(said).toMatch(problem);
});

const ID = 'extension_0123456789abcdef0123456789abcdef_';

test.each([
  ['displayName', 'displayName'],
  [' a\tb ', 'a_b'],
  ['', 'column'],
  ['hdr__hash', '_hdr__hash'],
  ['x'.repeat(63), 'x'.repeat(63)],
  ['\ud800', '\ufffd'],
])('the column of the property %j is called %j', (property, name) => {
  expect(legalColumnName(property)).toBe(name);
});

test('long names are cut between characters, end in a hash, stay the same, and do not collide', () => {
  const long = [
    `${ID}someVeryLongNameOfAnAttribute1`,
    `${ID}someVeryLongNameOfAnAttribute2`,
    'ü'.repeat(40),
    '🌿'.repeat(16),
    '日本語'.repeat(9),
  ];
  const names = long.map(legalColumnName);
  expect(new Set(names).size).toBe(long.length);
  expect(names[0]).toBe(`${ID}someVeryLon_${names[0]?.slice(-8)}`);
  for (const name of names) expect(columnNameProblem(name, [])).toBeNull();
});

test('whatever a property is called, its column has a legal name, and so have further ones like it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (property) => {
      const taken = new Set<string>();
      const names = [1, 2, 3].map(() => uniqueName(legalColumnName(property), taken));
      for (const [index, name] of names.entries()) expect(columnNameProblem(name, names.slice(0, index))).toBeNull();
    }),
  );
});
