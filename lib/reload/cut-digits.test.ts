import { expect, onTestFinished, test } from 'vitest';
import { noteCutDigits } from './cut-digits.ts';
import { Stage } from './stage.ts';
import { fakeDataset, temporaryFolder } from './testing/fake-source.ts';

const { columns } = fakeDataset({ id: 'string', at: 'dateTimeOffset', 'activity.seen': 'dateTimeOffset', text: 'string' });
const page = (row: object) => Buffer.from(JSON.stringify({ value: [row] }));

test.each([
  [{ at: '2020-03-13T19:15:41.6195833Z' }, 'at'],
  [{ at: '2020-03-13T19:15:41Z', activity: { seen: '2020-03-13T19:15:41.0000001Z' } }, 'activity_seen'],
  [{ at: '2020-03-13T19:15:41.6195830Z' }, null],
  [{ at: '2020-03-13T19:15:41.619583Z', text: '2020-03-13T19:15:41.6195833Z' }, null],
  [{ at: null }, null],
])('%j: the columns whose seventh digit is cut are named', (row, named) => {
  const note = noteCutDigits(columns, page(row));
  if (named === null) expect(note).toBeNull();
  else expect(note).toContain(`sends ${named} with 7`);
});

test('as text nothing is cut, so nothing is said', () => {
  const asText = columns.map((column) => ({ ...column, type: 'string' as const }));
  expect(noteCutDigits(asText, page({ at: '2020-03-13T19:15:41.6195833Z' }))).toBeNull();
});

test('a stage says it once, however many pages there are', async () => {
  const stage = await Stage.open({ dir: temporaryFolder(), columns, signature: 'test' });
  onTestFinished(() => stage.remove());
  const body = page({ id: '1', at: '2020-03-13T19:15:41.6195833Z' });
  for (const cursor of ['1', '2', null]) await stage.append([{ body, cursor, requests: 1, throttledMs: 0 }]);
  expect(stage.checkpoint.notes).toEqual([expect.stringContaining('sends at with 7 fractional digits')]);
});
