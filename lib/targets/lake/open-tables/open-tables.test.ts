import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { icebergMetadata } from 'icebird';
import { expect, test } from 'vitest';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { createTables, peopleOf, sent, shown } from '#lib/targets/testing/table-rig.ts';
import type { LakeStore } from '../lake-store.ts';
import { deleteUnneededDeltaFiles } from './delta.ts';
import { checkpointName, commitName, listLog } from './delta-log.ts';

test('each reload is a snapshot that Iceberg and Delta readers see as the rows of the source', async () => {
  const tables = await createTables();
  for (let round = 0; round <= 11; round++) {
    const rows = peopleOf(round + 1);
    expect(await tables.reload(`run_${round}`, rows)).toMatchObject({ state: 'done', problem: null });
    // Only the tenth commit has a checkpoint.
    if (round > 1 && round < 10) continue;
    expect(shown(await tables.delta())).toEqual(sent(rows));
    expect(shown(await tables.iceberg())).toEqual(sent(rows));
  }
  const metadata = await icebergMetadata({ tableUrl: tables.url });
  // One older version is kept, with its snapshot.
  expect(metadata.snapshots).toHaveLength(2);
  expect(readdirSync(tables.home).filter((name) => name.startsWith('v='))).toHaveLength(2);
  // For each snapshot: its list, the manifest of added files, and that of deleted files.
  expect(readdirSync(join(tables.home, 'metadata')).filter((name) => name.endsWith('.avro'))).toHaveLength(6);
});

test('a column keeps its id in Iceberg while its name and type stay, and no id is used again', async () => {
  const tables = await createTables({ tables: 'iceberg' });
  const reload = (runId: string, columns: Parameters<typeof fakeDataset>[0]) =>
    tables.reload(runId, [{ id: 'a' }], { dataset: fakeDataset(columns, { name: 'people' }) });
  const ids = async () => {
    const { schemas, 'current-schema-id': current } = await icebergMetadata({ tableUrl: tables.url });
    return schemas.find((schema) => schema['schema-id'] === current)?.fields.map(({ name, id }) => [name, id]);
  };
  await reload('run_1', { id: 'string', count: 'int32' });
  expect(await ids()).toEqual([
    ['id', 1],
    ['count', 2],
  ]);
  await reload('run_2', { id: 'string', name: 'string' });
  expect(await ids()).toEqual([
    ['id', 1],
    ['name', 3],
  ]);
  await reload('run_3', { id: 'string', count: 'double', name: 'string' });
  expect(await ids()).toEqual([
    ['id', 1],
    ['count', 4],
    ['name', 3],
  ]);
  expect(await tables.iceberg()).toEqual([{ id: 'a' }].map((row) => expect.objectContaining(row)));
});

const KILLS = ['_SUCCESS', '_delta_log/', 'metadata/v', 'metadata/version-hint.text', 'latest'];

test.each(KILLS)(
  'a run that dies before it writes %s leaves each reader a whole state, and is repeated to its end',
  async (name) => {
    const tables = await createTables();
    const [before, after] = [sent(peopleOf(1)), sent(peopleOf(3))];
    await tables.reload('run_1', peopleOf(1));
    const dies = (store: LakeStore): Partial<LakeStore> => {
      const refuse = (wanted: string) => {
        if (wanted.includes(name) || (name === 'latest' && wanted === name)) throw new Error('the process died');
        return null;
      };
      return {
        put: async (wanted, content) => refuse(wanted) ?? store.put(wanted, content),
        putIfAbsent: async (wanted, content) => refuse(wanted) ?? store.putIfAbsent(wanted, content),
      };
    };
    expect(await tables.reload('run_2', peopleOf(3), { faults: dies })).toMatchObject({ state: 'failed' });
    expect([before, after]).toContainEqual(shown(await tables.delta()));
    expect([before, after]).toContainEqual(shown(await tables.iceberg()));
    expect(await tables.reload('run_2', peopleOf(3))).toMatchObject({ state: 'done', problem: null });
    expect(shown(await tables.delta())).toEqual(after);
    expect(shown(await tables.iceberg())).toEqual(after);
  },
);

test('a commit whose name another writer took meanwhile is made after that one', async () => {
  const tables = await createTables();
  await tables.reload('run_1', peopleOf(1));
  let taken = false;
  const faults = (store: LakeStore): Partial<LakeStore> => ({
    async putIfAbsent(name, content) {
      if (!taken && name.startsWith('_delta_log/')) {
        taken = true;
        await store.put(name, '{"commitInfo":{"timestamp":1,"operation":"SET TBLPROPERTIES","engineInfo":"another"}}\n');
      }
      return store.putIfAbsent(name, content);
    },
  });
  expect(await tables.reload('run_2', peopleOf(3), { faults })).toMatchObject({ state: 'done', problem: null });
  expect(shown(await tables.delta())).toEqual(sent(peopleOf(3)));
  expect(readdirSync(join(tables.home, '_delta_log')).filter((name) => name.endsWith('.json'))).toHaveLength(3);
});

test('of the Delta log those commits go that no kept snapshot needs, up to a checkpoint that stays', async () => {
  const names = Array.from({ length: 35 }, (_, version) => commitName(version));
  const store = memoryStore([...names, ...[10, 20, 30].map(checkpointName)]);
  await deleteUnneededDeltaFiles(store, 3);
  const { commits, checkpoints } = await listLog(store);
  expect([commits[0], commits.length, checkpoints]).toEqual([20, 15, [20, 30]]);
});

function memoryStore(names: readonly string[]): LakeStore {
  const left = new Set(names);
  const store: Partial<LakeStore> = {
    list: async (prefix) => [...left].filter((name) => name.startsWith(prefix)).sort(),
    delete: async (name) => void left.delete(name),
  };
  return store as LakeStore;
}
