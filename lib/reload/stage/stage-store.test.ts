import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { EMPTY_CHECKPOINT, type StageOptions } from './stage-file.ts';
import { StageStore } from './stage-store.ts';

const REPLAY = { mode: 'full', deltaToken: 'd1', since: null, rounds: 0, caughtUp: false, changedIdCount: 0 } as const;

function optionsOf(dir = join(temporaryFolder(), 'stage')): StageOptions {
  return { dir, columns: fakeDataset({ id: 'string' }).columns, signature: 'test' };
}

async function openStore(options = optionsOf()): Promise<StageStore> {
  const store = await StageStore.open(options);
  onTestFinished(() => store.close());
  return store;
}

/** Writes a part of the ids as the writer would, and adds it. */
async function addPart(store: StageStore, name: string, ids: readonly string[], cursor: string | null = 'c'): Promise<void> {
  const values = ids.map((id) => `('${id}')`).join(', ');
  if (ids.length > 0)
    await store.run(`COPY (SELECT * FROM (VALUES ${values}) v(id)) TO '${join(store.dir, 'parts', name)}' (FORMAT parquet)`);
  await store.addPart({ name, rows: ids.length }, { ...store.checkpoint, cursor, ended: cursor === null });
  await store.refresh();
}

test('parts, checkpoint and unproven parents are found again after the store was closed', async () => {
  const options = optionsOf();
  const store = await openStore(options);
  await store.setExpectedRows(7);
  await addPart(store, '000000.parquet', ['a', 'b'], 'c1');
  await store.addPart(
    { name: '000001.parquet', rows: 0 },
    { ...store.checkpoint, cursor: 'c2' },
    {
      unproven: [
        { id: 'g1', reason: 'refused', failed: true },
        { id: 'g2', reason: 'hidden', failed: false },
      ],
    },
  );
  await store.saveReplay(REPLAY, ['a note']);
  store.close();
  const again = await openStore(options);
  expect(again.parts).toEqual([{ name: '000000.parquet', rows: 2 }]);
  expect(again.rows).toBe(2);
  expect(again.checkpoint).toEqual({ ...EMPTY_CHECKPOINT, cursor: 'c2', rowsExpected: 7, replay: REPLAY, notes: ['a note'] });
  expect(await again.unproven(1)).toEqual({ count: 2, parents: [{ id: 'g1', reason: 'refused' }] });
  expect(await again.unproven(9, 'failed')).toEqual({ count: 1, parents: [{ id: 'g1', reason: 'refused' }] });
});

test('a transaction that fails changes neither rows nor checkpoint, and the next one works', async () => {
  const store = await openStore();
  const failing = store.transaction({ ...store.checkpoint, cursor: 'c1' }, async () => {
    await store.run("INSERT INTO changed_ids VALUES ('a')");
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect([store.checkpoint, await store.query('SELECT count(*)::int FROM changed_ids')]).toEqual([EMPTY_CHECKPOINT, [[0]]]);
  await store.setExpectedRows(1);
  expect(store.checkpoint.rowsExpected).toBe(1);
});

test('files of parts and pages that are not in the list are deleted when the store is opened', async () => {
  const options = optionsOf();
  const store = await openStore(options);
  await addPart(store, '000000.parquet', ['a']);
  store.close();
  writeFileSync(join(options.dir, 'parts', '000001.parquet'), 'half a part');
  mkdirSync(join(options.dir, 'pages', '1'));
  await openStore(options);
  expect(readdirSync(join(options.dir, 'parts'))).toEqual(['000000.parquet']);
  expect(readdirSync(join(options.dir, 'pages'))).toEqual([]);
});

test('superseded and replayed rows count only after a refresh, which shows them in the view', async () => {
  const store = await openStore();
  await addPart(store, '000000.parquet', ['a', 'b', 'c']);
  await store.run("INSERT INTO superseded VALUES ('000000.parquet', 1); INSERT INTO replayed VALUES ('d'), ('e')");
  expect(store.rows).toBe(3);
  await store.refresh();
  expect([store.rows, store.replayed]).toEqual([4, 2]);
  expect(await store.query('SELECT id FROM staged ORDER BY id')).toEqual([['a'], ['c'], ['d'], ['e']]);
});

test('clear deletes rows and files, and keeps what they cost and the notes', async () => {
  const store = await openStore();
  await addPart(store, '000000.parquet', ['a']);
  await store.transaction({ ...store.checkpoint, requests: 3, bytes: 10, notes: ['before'] }, async () => undefined);
  await store.clear(REPLAY, ['after']);
  expect(store.checkpoint).toEqual({ ...EMPTY_CHECKPOINT, requests: 3, bytes: 10, notes: ['before', 'after'], replay: REPLAY });
  expect([store.rows, store.parts, existsSync(join(store.dir, 'parts', '000000.parquet'))]).toEqual([0, [], false]);
});

test('an interrupted store begins no transaction', async () => {
  const store = await openStore();
  store.interrupt();
  await expect(store.setExpectedRows(1)).rejects.toMatchObject({ problem: { code: 'stage-unusable' } });
  expect(store.checkpoint).toEqual(EMPTY_CHECKPOINT);
});
