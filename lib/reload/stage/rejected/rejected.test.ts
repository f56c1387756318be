import { describe, expect, onTestFinished, test } from 'vitest';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { removeDuplicates } from '../duplicates.ts';
import { Stage } from '../stage.ts';
import { settleRejected } from './rejected.ts';

async function openStage(
  columns: Readonly<Record<string, ColumnType>>,
  { key = ['id'], setsAside = true, dir = temporaryFolder() } = {},
): Promise<Stage> {
  const stage = await Stage.open({ dir, columns: fakeDataset(columns, { key }).columns, signature: 'test', setsAside });
  onTestFinished(() => stage.close());
  return stage;
}

/** Pages of the rows, given as JSON. */
function append(stage: Stage, ...pages: readonly (readonly string[])[]): Promise<void> {
  const bodies = pages.map((rows) => Buffer.from(`{"value":[${rows.join(',')}]}`));
  return stage.writer.append(
    bodies.map((body, index) => ({ body, cursor: index + 1 < bodies.length ? `${index}` : null, requests: 1, throttledMs: 0 })),
  );
}

const ids = async ({ staged }: Stage) => (await staged.query('SELECT id FROM staged ORDER BY id')).flat();
const rejected = ({ staged }: Stage) => staged.query('SELECT keys, "column", reason, "row" FROM rejected ORDER BY "row"');
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('a row that cannot be taken is set aside with its key, column, reason and JSON; the others are staged', () => {
  const PLAIN = { id: 'string', n: 'int32', 'o.a': 'string' } as const;
  test.each<[string, string, string | null, string, string]>([
    [
      'a value of another type',
      '{"id":"b","n":"x"}',
      'n',
      'Column n holds a value that is not int32: text of 1 characters.',
      '{"id":"b"}',
    ],
    [
      'a scalar where an object is expected',
      '{"id":"b","o":5}',
      'o_a',
      'o_a: a number where an object is expected.',
      '{"id":"b"}',
    ],
    ['a property twice', '{"id":"b","n":1,"n":2}', 'n', 'n: twice in one object.', '{"id":"b"}'],
    ['its key twice', '{"id":"b","id":"c"}', 'id', 'id: twice in one object.', '{}'],
    ['a row nested too deep', `{"id":"b","n":${nested(100_000)}}`, null, 'The row is nested more than 100 levels deep.', '{}'],
    [
      'a row nested too deep in what no column reads',
      `{"id":"b","x":${nested(101)}}`,
      null,
      'The row is nested more than 100 levels deep.',
      '{}',
    ],
  ])('%s', async (_what, row, column, reason, keys) => {
    const stage = await openStage(PLAIN);
    await append(stage, ['{"id":"a","n":1}', row, '{"id":"z","n":3}'], ['{"id":"y"}']);
    expect(await ids(stage)).toEqual(['a', 'y', 'z']);
    expect(await rejected(stage)).toEqual([[keys, column, reason, row]]);
    expect(stage.checkpoint.ended).toBe(true);
  });

  test('of the items of a collection the object is set aside, whose items are known by its key', async () => {
    const stage = await openStage({ id: 'string', 'tags[].v': 'string' }, { key: ['id', 'tags[].v'] });
    await append(stage, ['{"id":"a","tags":[{"v":"1"},{"v":"2"}]}', '{"id":"b","tags":"x"}']);
    expect(await ids(stage)).toEqual(['a', 'a']);
    expect(await rejected(stage)).toMatchObject([
      ['{"id":"b"}', expect.any(String), expect.stringContaining('where a list is expected'), '{"id":"b","tags":"x"}'],
    ]);
    expect((await settleRejected(stage.store, ['id', 'tags[]_v'], 9)).keyColumns).toEqual([['id']]);
  });

  test('every row of a page', async () => {
    const stage = await openStage(COLUMNS_OF_N);
    await append(
      stage,
      Array.from({ length: 20 }, (_, index) => `{"id":"${index}","n":[]}`),
    );
    expect([stage.staged.rows, (await settleRejected(stage.store, ['id'], 3)).count]).toEqual([0, 20]);
  });
});

const COLUMNS_OF_N = { id: 'string', n: 'int32' } as const;

test('without the setting such a row ends the run, named by column and key', async () => {
  const stage = await openStage(COLUMNS_OF_N, { setsAside: false });
  await expect(append(stage, ['{"id":"a","n":"x"}'])).rejects.toMatchObject({
    problem: { code: 'value-of-other-type', field: 'n' },
  });
});

test.each(['{"error":{}}', '{"value":["a"]}', '{"value":[{"id":"a"},', '<html>'])(
  'the fault of a page is none of its rows: %s',
  async (text) => {
    const stage = await openStage(COLUMNS_OF_N);
    const page = { body: Buffer.from(text), cursor: null, requests: 1, throttledMs: 0 };
    await expect(stage.writer.append([page])).rejects.toMatchObject({ name: 'PageError' });
    expect(await rejected(stage)).toEqual([]);
  },
);

test('rows that were set aside are there after a restart, with the part and cursor of their page', async () => {
  const dir = temporaryFolder();
  const stage = await openStage(COLUMNS_OF_N, { dir });
  const body = Buffer.from('{"value":[{"id":"a"},{"id":"b","n":"x"}]}');
  await stage.writer.append([{ body, cursor: 'next', requests: 1, throttledMs: 0 }]);
  stage.close();
  const again = await openStage(COLUMNS_OF_N, { dir });
  expect([await ids(again), (await rejected(again)).length, again.checkpoint.cursor]).toEqual([['a'], 1, 'next']);
});

test('a staged row with the key of one that was set aside does not count; one that came twice is one', async () => {
  const stage = await openStage(COLUMNS_OF_N);
  await append(stage, ['{"id":"a","n":1}', '{"id":"b","n":1}', '{"id":"a","n":"x"}'], ['{"id":"a","n":"x"}']);
  await removeDuplicates(stage.store, ['id']);
  const settled = await settleRejected(stage.store, ['id'], 5);
  expect(settled).toMatchObject({ count: 1, rows: [{ key: 'a', column: 'n' }], keyColumns: [['id']] });
  expect([await ids(stage), stage.staged.rows]).toEqual([['b'], 1]);
  expect(await settleRejected(stage.store, ['id'], 5)).toEqual(settled);
});

test('a row that delta query replays is no longer set aside, or is again', async () => {
  const stage = await openStage(COLUMNS_OF_N);
  await append(stage, ['{"id":"a","n":"x"}', '{"id":"b","n":"x"}', '{"id":"c","n":1}']);
  const body = Buffer.from('{"value":[{"id":"a","n":2},{"id":"c","n":"y"}]}');
  await stage.replay({ body, changedIds: ['a', 'c'], deltaToken: 'd', requests: 1, throttledMs: 0 }, 'id');
  expect(await ids(stage)).toEqual(['a']);
  expect((await rejected(stage)).map(([keys]) => keys)).toEqual(['{"id":"b"}', '{"id":"c"}']);
});

test('without a readable key, or without any key, nothing landed may be deleted', async () => {
  const stage = await openStage(COLUMNS_OF_N);
  await append(stage, ['{"id":5,"n":"x"}', '{"id":"b","n":"x"}']);
  expect((await settleRejected(stage.store, ['id'], 5)).keyColumns.toSorted((a, b) => a.length - b.length)).toEqual([[], ['id']]);
  const keyless = await openStage(COLUMNS_OF_N, { key: [] });
  await append(keyless, ['{"id":"a","n":"x"}', '{"id":"a","n":"x"}']);
  expect(await settleRejected(keyless.store, [], 5)).toMatchObject({ count: 2, keyColumns: [[]] });
});

describe('where rows are not set aside, a page that would end the process is refused in words', () => {
  test.each([
    ['arrays', nested(1_000_000)],
    ['objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['arrays over many lines', `${'[\n'.repeat(50_000)}${']\n'.repeat(50_000)}`],
  ])('%s', async (_what, value) => {
    const stage = await openStage({ id: 'string', n: 'json' }, { setsAside: false });
    await expect(append(stage, [`{"id":"a","n":${value}}`])).rejects.toMatchObject({ code: 'answer-too-deep' });
  });

  test('a value of some hundred levels is staged', async () => {
    const stage = await openStage({ id: 'string', n: 'json' }, { setsAside: false });
    await append(stage, [`{"id":"a","n":${nested(900)}}`]);
    expect(await ids(stage)).toEqual(['a']);
  });
});
