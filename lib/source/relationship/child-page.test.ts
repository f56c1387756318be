import { expect, it } from 'vitest';
import { ChildPage } from './child-page.ts';

const row = Buffer.from('{"id":"a"}');
const add = (page: ChildPage): void => page.rows.addRow(row, { from: 0, to: row.length }, Buffer.from('"@parent.id":"1",'));
const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

it('hands out what was added since the page before, once', () => {
  const page = new ChildPage('full');
  add(page);
  page.addRequests(2);
  page.addUnproven({ id: '1', reason: 'hidden' });
  page.addFailed({ id: '2', reason: '403: no' });
  page.addVanished('/groups/3');
  const { body, ...facts } = page.take(false);
  expect(textOf(body)).toBe('{"value":[{"@parent.id":"1","id":"a"}]}');
  expect(facts).toEqual({
    requests: 2,
    notes: ['/groups/3 was deleted while reading; it has no rows.'],
    unproven: [{ id: '1', reason: 'hidden' }],
    failed: [{ id: '2', reason: '403: no' }],
  });
  const { body: empty, ...nothing } = page.take(false);
  expect([textOf(empty), nothing]).toEqual(['{"value":[]}', { requests: 0 }]);
});

it('names twenty parents that vanished, and counts the others at the end', () => {
  const page = new ChildPage('full');
  for (let parent = 0; parent < 23; parent++) page.addVanished(`/groups/${parent}`);
  expect(page.take(false).notes).toHaveLength(20);
  expect(page.take(true).notes).toEqual(['3 more were deleted while reading.']);
});

it.each([
  ['full', 399, false],
  ['full', 400, true],
  ['sample', 0, false],
  ['sample', 1, true],
] as const)('a page of width %s with %i parents is full: %s', (width, parents, isFull) => {
  const page = new ChildPage(width);
  for (let parent = 0; parent < parents; parent++) page.addParent();
  expect(page.isFull).toBe(isFull);
});
