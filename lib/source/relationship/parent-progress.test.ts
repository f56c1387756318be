import { describe, expect, it } from 'vitest';
import { addChildRows, PageWriter } from '#lib/graph/batch/child-rows.ts';
import { ParentProgress, type ParentStep } from './parent-progress.ts';

/** An answer of Graph: ids of its rows, its count, the link after it. */
interface Answer {
  readonly ids: readonly string[];
  readonly count?: number;
  readonly next?: string;
  /** Not the first page of a reading. */
  readonly later?: true;
  readonly hidden?: string;
}

const link = (name: string): string => `https://graph.test/v1.0/groups/1/members?$skiptoken=${name}`;

function add(progress: ParentProgress, { ids, count, next, later, hidden = '' }: Answer): ParentStep {
  const body = {
    ...(count === undefined ? {} : { '@odata.count': count }),
    ...(next === undefined ? {} : { '@odata.nextLink': link(next) }),
    value: ids.map((id) => ({ id })),
  };
  const bytes = Buffer.from(JSON.stringify(body));
  const span = { from: 0, to: bytes.length };
  const page = addChildRows(new PageWriter(), bytes, span, '1');
  return progress.addPage('1', { isFirst: later === undefined, page, bytes, body: span, hidden: hidden === '' ? null : hidden });
}

const follow = (name: string): ParentStep => ({ kind: 'follow', link: link(name) });
const DONE: ParentStep = { kind: 'done' };
const reread = (times: number): ParentStep => ({ kind: 'reread', times });
const broken = expect.objectContaining({ kind: 'broken', error: expect.objectContaining({ code: 'next-link-loop' }) });
const failed = (reason: RegExp) => ({ kind: 'failed', reason: expect.stringMatching(reason) });

describe('a parent, answer by answer', () => {
  it.each<[string, (readonly [Answer, unknown])[]]>([
    ['is done with one answer that comes to its count', [[{ ids: ['a', 'b'], count: 2 }, DONE]]],
    [
      'is done at the end of its links where Graph does not count',
      [
        [{ ids: ['a'], next: '2' }, follow('2')],
        [{ ids: ['b'], later: true }, DONE],
      ],
    ],
    [
      'is done when its pages come to the count together',
      [
        [{ ids: ['a'], count: 2, next: '2' }, follow('2')],
        [{ ids: ['b'], later: true }, DONE],
      ],
    ],
    [
      'is read again when rows of two pages are the same, since fewer are left than counted',
      [
        [{ ids: ['a', 'b'], count: 3, next: '2' }, follow('2')],
        [{ ids: ['b'], later: true }, reread(0)],
      ],
    ],
    [
      'is done when another reading comes to the count',
      [
        [{ ids: ['a'], count: 2 }, reread(0)],
        [{ ids: ['a', 'b'], count: 2 }, DONE],
      ],
    ],
    [
      'is done with any number between the counts of its last two readings',
      [
        [{ ids: ['a'], count: 3 }, reread(0)],
        [{ ids: ['a', 'b'], count: 1 }, DONE],
      ],
    ],
    [
      'has failed when no reading comes to the count',
      [
        [{ ids: ['a'], count: 2 }, reread(0)],
        [{ ids: ['a'], count: 2 }, reread(1)],
        [{ ids: ['a'], count: 2 }, failed(/counted 2 rows but sent 1, in each of 3 attempts/)],
      ],
    ],
    [
      'is unseen when it hides its rows and shows none',
      [
        [
          { ids: [], count: 0, hidden: 'it hides them' },
          { kind: 'unseen', reason: 'it hides them' },
        ],
      ],
    ],
    ['is done when it hides rows in principle but shows some', [[{ ids: ['a'], count: 1, hidden: 'it hides them' }, DONE]]],
    [
      'is broken by a link that comes back',
      [
        [{ ids: ['a'], next: '2' }, follow('2')],
        [{ ids: ['b'], next: '3', later: true }, follow('3')],
        [{ ids: ['c'], next: '2', later: true }, broken],
      ],
    ],
    [
      'may have the same link in another reading',
      [
        [{ ids: ['a'], next: '2' }, follow('2')],
        [{ ids: ['a'], next: '2' }, follow('2')],
      ],
    ],
  ])('%s', (_, answers) => {
    const progress = new ParentProgress();
    expect(answers.map(([answer]) => add(progress, answer))).toEqual(answers.map(([, step]) => step));
  });

  it('whose reading broke off counts from the next one on', () => {
    const progress = new ParentProgress();
    expect(add(progress, { ids: ['a'], count: 2, next: '2' })).toEqual(follow('2'));
    progress.dropReading('1');
    // With the count of the interrupted reading, one row would lie between the two counts.
    expect(add(progress, { ids: ['a', 'b', 'c'], count: 2 })).toEqual(reread(0));
  });

  it('is begun again three times, and no more', () => {
    const progress = new ParentProgress();
    expect(Array.from({ length: 5 }, () => progress.mayRestart('1'))).toEqual([true, true, true, false, false]);
    progress.end('1');
    expect(progress.mayRestart('1')).toBe(true);
  });

  it('whose rows are not found though it is there is read again, twice', () => {
    const progress = new ParentProgress();
    const steps = Array.from({ length: 3 }, () => progress.addAbsence('1'));
    expect(steps).toEqual([reread(0), reread(1), failed(/does not find its rows \(404\), although the object exists/)]);
  });
});
