import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { icebergMetadata, icebergRead } from 'icebird';
import { expect, onTestFinished, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { createLocalStore } from '#lib/targets/folder/local-store.ts';
import { readDeltaTable } from '#lib/targets/testing/delta-reader.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';
import type { LakeStore } from '../lake-store.ts';
import { createLakeSink } from '../reload.ts';

type Row = Readonly<Record<string, unknown>>;

const PEOPLE = fakeDataset(
  {
    ...{ id: 'string', text: 'string', flag: 'boolean', number: 'int32', large: 'int64', ratio: 'double', exact: 'decimal' },
    ...{ at: 'dateTimeOffset', day: 'date', clock: 'timeOfDay', lasts: 'duration', raw: 'binary', tags: 'json' },
  },
  { name: 'people', countable: false },
);

/** Serves the files of a folder over HTTP with range requests: icebird reads by URL. */
async function serve(folder: string): Promise<string> {
  const server = createServer(({ url = '', headers, method }, answer) => {
    const path = join(folder, decodeURIComponent(url));
    if (!existsSync(path)) return void answer.writeHead(404).end();
    const [, from = '0', to] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '') ?? [];
    const end = to === undefined || to === '' ? statSync(path).size - 1 : Number(to);
    answer.writeHead(headers.range === undefined ? 200 : 206, { 'content-length': end - Number(from) + 1 });
    if (method === 'HEAD') return void answer.end();
    return void createReadStream(path, { start: Number(from), end }).pipe(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function createTables(settings: object = {}) {
  const home = join(temporaryFolder(), 'people');
  const url = await serve(home);
  let second = 0;
  const lake = LakeSettings.parse({ folder: 'f', tables: 'delta-and-iceberg', versionsKept: 1, ...settings });
  const reload = (runId: string, rows: readonly Row[], { faults = {}, dataset = PEOPLE }: Options = {}) => {
    const store = { ...createLocalStore(home), uri: url };
    return reloadInto({
      ...{ access: localLake(home), dataset, runId, source: { pages: [rows] } },
      task: { method: 'reload', targetId: 'targ_1', settings: lake },
      now: new Date(Date.UTC(2026, 0, 1, 0, 0, second++)).toISOString(),
      wrapSink: () =>
        createLakeSink(async () => ({ ...store, ...(typeof faults === 'function' ? faults(store) : faults) }), lake),
    });
  };
  const iceberg = async (): Promise<readonly Row[]> => icebergRead({ tableUrl: url });
  return { home, url, reload, delta: () => readDeltaTable(home), iceberg };
}

interface Options {
  readonly faults?: Partial<LakeStore> | ((store: LakeStore) => Partial<LakeStore>);
  readonly dataset?: DatasetDefinition;
}

/** Converts a reader's row to the values that were sent. */
function shown(rows: readonly Row[]): Row {
  const text = (value: unknown) =>
    value instanceof Date ? value.toISOString() : typeof value === 'bigint' ? String(value) : (value ?? null);
  const entries = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])));
  return Object.fromEntries(entries.map((row) => [String(row['id']), row]));
}

function sent(rows: readonly Row[], dataset = PEOPLE): Row {
  const day = (value: unknown) => (value === undefined ? null : `${String(value)}T00:00:00.000Z`);
  return Object.fromEntries(
    rows.map((row) => {
      const whole = Object.fromEntries(dataset.columns.map(({ name }) => [name, row[name] ?? null]));
      const tags = row['tags'] === undefined ? null : JSON.stringify(row['tags']);
      // Both readers show bytes as text.
      const raw = row['raw'] === undefined ? null : Buffer.from(String(row['raw']), 'base64').toString();
      return [String(row['id']), { ...whole, day: day(row['day']), tags, raw }];
    }),
  );
}

function peopleOf(round: number): readonly Row[] {
  return Array.from({ length: (round * 7) % 11 }, (_, index) => ({
    ...{ id: `${index}`, text: index % 3 === 0 ? undefined : `ä🌿 ${'x'.repeat(index * 9)} ${round}`, flag: index % 2 === 0 },
    ...{
      number: index - round,
      large: `${2n ** 53n + BigInt(index)}`,
      ratio: index / 4,
      exact: '1.10',
      lasts: 'PT1S',
      raw: 'YWJj',
    },
    ...{ at: `19${String(60 + index)}-02-03T04:05:06.789Z`, day: '1969-12-31', clock: '12:34:00', tags: [{ round }] },
  }));
}

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
