import { expect, onTestFinished, test } from 'vitest';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { removeDuplicates } from './duplicates.ts';
import { Stage } from './stage.ts';

type Row = Readonly<Record<string, unknown>>;

/** A stage with one part for each list of rows. */
async function stageOf(columns: Record<string, ColumnType>, ...parts: readonly (readonly Row[])[]): Promise<Stage> {
  const stage = await Stage.open({ dir: temporaryFolder(), columns: fakeDataset(columns).columns, signature: 'test' });
  onTestFinished(() => stage.remove());
  for (const [index, value] of parts.entries()) {
    const body = Buffer.from(JSON.stringify({ value }));
    await stage.writer.append([{ body, cursor: index + 1 < parts.length ? `${index}` : null, requests: 1, throttledMs: 0 }]);
  }
  return stage;
}

const staged = ({ staged: rows }: Stage) => rows.query('SELECT * FROM staged ORDER BY ALL');

test('of rows with one key the last stays: within a part, over parts, and before replayed rows', async () => {
  const stage = await stageOf(
    { id: 'string', v: 'int32' },
    [
      { id: 'a', v: 1 },
      { id: 'b', v: 1 },
      { id: 'a', v: 2 },
    ],
    [
      { id: 'b', v: 3 },
      { id: 'c', v: 4 },
    ],
  );
  expect(await removeDuplicates(stage.store, ['id'])).toBe(2);
  expect(await staged(stage)).toEqual([
    ['a', 2],
    ['b', 3],
    ['c', 4],
  ]);
  const value = [{ id: 'c', v: 5 }];
  await stage.replay(
    { body: Buffer.from(JSON.stringify({ value })), changedIds: ['x'], deltaToken: 'd', requests: 1, throttledMs: 0 },
    'id',
  );
  expect(await removeDuplicates(stage.store, ['id'])).toBe(1);
  expect(await staged(stage)).toEqual([
    ['a', 2],
    ['b', 3],
    ['c', 5],
  ]);
  expect(stage.staged.rows).toBe(3);
});

test('it may be done again, and after a restart: nothing more is removed', async () => {
  const stage = await stageOf({ id: 'string', v: 'int32' }, [
    { id: 'a', v: 1 },
    { id: 'a', v: 2 },
  ]);
  expect(await removeDuplicates(stage.store, ['id'])).toBe(1);
  expect(await removeDuplicates(stage.store, ['id'])).toBe(0);
  stage.close();
  const again = await Stage.open({ dir: stage.store.dir, columns: stage.store.columns, signature: 'test' });
  onTestFinished(() => again.remove());
  expect(await removeDuplicates(again.store, ['id'])).toBe(0);
  expect(await staged(again)).toEqual([['a', 2]]);
});

test('a key of several columns is one key; equal values in one column are none', async () => {
  const stage = await stageOf({ a: 'string', b: 'int32' }, [
    { a: 'x', b: 1 },
    { a: 'x', b: 2 },
    { a: 'y', b: 1 },
    { a: 'x', b: 1 },
  ]);
  expect(await removeDuplicates(stage.store, ['a', 'b'])).toBe(1);
  expect(await staged(stage)).toEqual([
    ['x', 1],
    ['x', 2],
    ['y', 1],
  ]);
});

test('without a key every row stays', async () => {
  const stage = await stageOf({ id: 'string' }, [{ id: 'a' }, { id: 'a' }]);
  expect(await removeDuplicates(stage.store, [])).toBe(0);
  expect(stage.staged.rows).toBe(2);
});

test('a row without a value in a key column is a fault that names the column', async () => {
  const stage = await stageOf({ a: 'string', b: 'string' }, [{ a: 'x', b: 'y' }, { a: 'x' }]);
  await expect(removeDuplicates(stage.store, ['a', 'b'])).rejects.toMatchObject({ problem: { code: 'key-missing', field: 'b' } });
});
