import { expect, it } from 'vitest';
import { columnNameProblem } from './column-name.ts';

it.each([
  ['mail', null],
  ['Straße', null],
  ['with blank', null],
  ['', /needed/],
  ['  ', /needed/],
  [' mail', /blanks/],
  ['a\nb', /control/],
  ['ä'.repeat(32), /64/],
  ['x'.repeat(63), null],
  ['HDR__run_id', /hdr__/],
  ['ID', /Another column is called ID/],
])('%j as the name of a column', (name, problem) => {
  const said = columnNameProblem(name, ['id', 'displayName']);
  if (problem === null) expect(said).toBeNull();
  else expect(said).toMatch(problem);
});
