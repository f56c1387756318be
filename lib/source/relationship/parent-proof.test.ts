import { expect, it } from 'vitest';
import { assessParent, type ParentReading } from './parent-proof.ts';

const HIDDEN = 'Its members are hidden.';
const [proven, again] = [{ kind: 'proven' }, { kind: 'again' }];
const failed = { kind: 'failed', reason: expect.stringMatching(/^Graph counted \d+ rows but sent \d+/) };
const unseen = { kind: 'unseen', reason: HIDDEN };

it.each<[string, ParentReading, object]>([
  ['as many as counted', { rows: 3, totals: [3], hidden: null }, proven],
  ['none, and none counted', { rows: 0, totals: [0], hidden: null }, proven],
  ['where Graph does not count, the end of the chain is the proof', { rows: 7, totals: [null], hidden: null }, proven],
  ['fewer than counted', { rows: 2, totals: [3], hidden: null }, again],
  ['more than counted', { rows: 4, totals: [3], hidden: null }, again],
  ['none though some are counted', { rows: 0, totals: [3], hidden: null }, again],
  ['fewer, twice', { rows: 2, totals: [3, 3], hidden: null }, again],
  ['fewer, three times', { rows: 2, totals: [3, 3, 3], hidden: null }, failed],
  ['more, three times', { rows: 4, totals: [3, 3, 3], hidden: null }, failed],
  ['the count followed', { rows: 4, totals: [3, 4], hidden: null }, proven],
  ['the rows followed', { rows: 3, totals: [3, 3], hidden: null }, proven],
  ['between two counts: rows came while reading', { rows: 4, totals: [3, 5], hidden: null }, proven],
  ['between two counts: rows went while reading', { rows: 4, totals: [5, 3], hidden: null }, proven],
  ['a count of two readings ago proves nothing', { rows: 9, totals: [9, 3, 3], hidden: null }, failed],
  ['a hidden parent without rows', { rows: 0, totals: [0], hidden: HIDDEN }, unseen],
  ['a hidden parent without rows or count', { rows: 0, totals: [null], hidden: HIDDEN }, unseen],
  ['a hidden parent that is counted but not shown', { rows: 0, totals: [3], hidden: HIDDEN }, unseen],
  ['a hidden parent whose rows come: they can be seen', { rows: 3, totals: [3], hidden: HIDDEN }, proven],
  ['a hidden parent of which some rows come', { rows: 2, totals: [3], hidden: HIDDEN }, again],
])('%s', (_, reading, verdict) => {
  expect(assessParent(reading)).toEqual(verdict);
});
