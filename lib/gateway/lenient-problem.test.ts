import { describe, expect, it } from 'vitest';
import { readProblem, withKnownCodes } from './lenient-problem.ts';

describe('problems of another version', () => {
  it('stay as they are where their code is known', () => {
    const problem = { code: 'throttled', title: 'Graph asks to wait.', fixer: 'operator' };
    expect(readProblem(problem)).toEqual(problem);
  });

  it('keep their words where it is not', () => {
    const later = { code: 'invented-later', title: 'Something new.', remedy: 'Do this.', novelty: 1 };
    expect(readProblem(later)).toEqual({ code: 'gateway-problem', title: 'Something new.', remedy: 'Do this.' });
  });

  it.each([null, 'text', 5, {}, { title: 4 }])('are problems also out of %j', (value) => {
    expect(readProblem(value)).toMatchObject({ code: 'gateway-problem', title: expect.any(String) });
  });

  it('are found wherever they are in an event', () => {
    const event = { kind: 'ended', report: { problem: { code: 'invented-later', title: 'New.' }, notes: [] } };
    expect(withKnownCodes(event)).toEqual({
      kind: 'ended',
      report: { problem: { code: 'gateway-problem', title: 'New.' }, notes: [] },
    });
  });
});
