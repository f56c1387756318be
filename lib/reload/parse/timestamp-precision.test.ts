import { expect, onTestFinished, test } from 'vitest';
import { Stage } from '#lib/reload/stage/stage.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { findTruncatedColumns } from './timestamp-precision.ts';

const { columns } = fakeDataset({ id: 'string', at: 'dateTimeOffset', 'activity.seen': 'dateTimeOffset', text: 'string' });
const page = (row: object) => Buffer.from(JSON.stringify({ value: [row] }));

test.each([
  [{ at: '2020-03-13T19:15:41.6195833Z' }, ['at']],
  [{ at: '2020-03-13T19:15:41Z', activity: { seen: '2020-03-13T19:15:41.0000001Z' } }, ['activity_seen']],
  [{ at: '2020-03-13T19:15:41.6195830Z' }, []],
  [{ at: '2020-03-13T19:15:41.619583Z', text: '2020-03-13T19:15:41.6195833Z' }, []],
  [{ at: null }, []],
])('%j: the columns whose seventh digit is cut are named', (row, named) => {
  expect(findTruncatedColumns(columns, page(row))).toEqual(named);
});

test('as text nothing is cut, so nothing is said', () => {
  const asText = columns.map((column) => ({ ...column, type: 'string' as const }));
  expect(findTruncatedColumns(asText, page({ at: '2020-03-13T19:15:41.6195833Z' }))).toEqual([]);
});

test('a stage says it once of all columns, whichever pages they are on', async () => {
  const stage = await Stage.open({ dir: temporaryFolder(), columns, signature: 'test' });
  onTestFinished(() => stage.remove());
  const at = { id: '1', at: '2020-03-13T19:15:41.6195833Z' };
  const seen = { id: '2', activity: { seen: '2020-03-13T19:15:41.0000001Z' } };
  for (const row of [at, seen, at, { id: '3' }]) {
    await stage.writer.append([{ body: page(row), cursor: 'next', requests: 1, throttledMs: 0, notes: ['another'] }]);
  }
  expect(stage.checkpoint.notes).toEqual([
    'another',
    expect.stringContaining('sends activity_seen, at with 7 fractional digits'),
  ]);
});
