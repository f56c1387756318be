import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Problem } from './problem.ts';
import { PROBLEM_STATUS } from './problem-code.ts';

it('a code without a status does not compile', () => {
  // @ts-expect-error The test: a code without a status must not compile, and this line fails the type check if it does.
  const problem: Problem = { code: 'no-such-code', title: 'x' };
  expect(problem.code in PROBLEM_STATUS).toBe(false);
});

it('what another side refuses for now is no conflict with the state of a thing', () => {
  const { throttled, aborted, internal } = PROBLEM_STATUS;
  expect([throttled, PROBLEM_STATUS['graph-unavailable'], PROBLEM_STATUS['timed-out'], aborted, internal]).toEqual([
    503, 503, 504, 503, 500,
  ]);
});

it('every code is given by some source file', () => {
  const files = globSync('{lib,app,components}/**/*.{ts,tsx}').filter((path) => !/\.test\.tsx?$|problem-code\.ts$/.test(path));
  const text = files.map((path) => readFileSync(path, 'utf8')).join('\n');
  // Two families of codes are composed: `entra-${refusal}` and `nothing-to-${direction}`.
  const given = (code: string) => text.includes(`'${code}'`) || /^(entra|nothing-to)-/.test(code);
  expect(Object.keys(PROBLEM_STATUS).filter((code) => !given(code))).toEqual([]);
});
