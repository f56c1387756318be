import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { createTables, PEOPLE, peopleOf, type Row, sent, shown } from '#lib/targets/testing/table-rig.ts';
import type { LakeStore } from '../lake-store.ts';
import { Manifest } from '../versions.ts';

const COMPARES = { compares: true };
const CONFIRMED = { deletesConfirmed: true };
/** 50 by ENTRADA_TEST_ROUNDS=50. */
const ROUNDS = Number(process.env['ENTRADA_TEST_ROUNDS'] ?? 9);
/** Many reloads in a row, each with its own stage: some seconds, on a machine that does nothing else. */
const LONG = { timeout: 60_000 + ROUNDS * 10_000 };

/** Numbers from 0 to below 1, the same in each run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const person = (id: number, round: number): Row => ({ ...peopleOf(3)[id % 10], id: `p${id}`, number: round });

/** Some rows change, some go, some come. */
function mutate(rows: ReadonlyMap<string, Row>, round: number, random: () => number): Map<string, Row> {
  const next = new Map<string, Row>();
  for (const [id, row] of rows) if (random() > 0.15) next.set(id, random() < 0.2 ? { ...row, number: round } : row);
  for (let index = 0; index < random() * 4; index++) next.set(`p${round * 10 + index}`, person(round * 10 + index, round));
  return next;
}

function manifestOf(home: string): Manifest {
  const version = readFileSync(join(home, 'latest'), 'utf8').trim();
  return Manifest.parse(JSON.parse(readFileSync(join(home, version, 'manifest.json'), 'utf8')));
}

const parquetFiles = (home: string): readonly string[] =>
  readdirSync(home, { recursive: true })
    .map(String)
    .filter((name) => name.startsWith('v=') && name.endsWith('.parquet'));

test(
  'after each of many rounds every reader sees the rows of the source, and the changes lead from one round to the next',
  LONG,
  async () => {
    const tables = await createTables({}, COMPARES);
    const random = createRandom(7);
    let rows = new Map(Array.from({ length: 30 }, (_, id) => [`p${id}`, person(id, 0)]));
    const replayed = new Map<string, unknown>();
    for (let round = 0; round < ROUNDS; round++) {
      const before = rows;
      if (round > 0) rows = mutate(rows, round, random);
      const all = [...rows.values()];
      const report = await tables.reload(`run_${round}`, all, CONFIRMED);
      expect(report).toMatchObject({ state: 'done', problem: null });
      const inserted = [...rows.keys()].filter((id) => !before.has(id)).length;
      const updated = [...rows].filter(([id, row]) => before.has(id) && before.get(id) !== row).length;
      const deleted = [...before.keys()].filter((id) => !rows.has(id)).length;
      if (round > 0) expect(report.counts).toMatchObject({ inserted, updated, deleted });
      const { changes, total, loaded } = await tables.changes(`run_${round}`);
      if (round === 0) {
        expect(loaded).toBe(30);
        for (const row of all) replayed.set(String(row['id']), row['number']);
      } else expect(total).toBe(inserted + updated + deleted);
      for (const { operation, key, after } of changes)
        if (operation === 'delete') replayed.delete(key);
        else replayed.set(key, after?.['number']);
      expect(Object.fromEntries(replayed)).toEqual(Object.fromEntries(all.map((row) => [row['id'], row['number']])));
      if (round % 4 !== 0) continue;
      expect(shown(await tables.delta())).toEqual(sent(all));
      expect(shown(await tables.iceberg())).toEqual(sent(all));
      expect((await tables.read()).total).toBe(all.length);
    }
  },
);

test('files of which no row has changed stay as they are, and go when no version names them', async () => {
  const tables = await createTables({}, COMPARES);
  await tables.reload('run_1', [person(1, 1), person(2, 1)]);
  const [first] = manifestOf(tables.home).files;
  await tables.reload('run_2', [person(1, 1), person(2, 1), person(3, 2)]);
  const second = manifestOf(tables.home);
  expect(second.files).toHaveLength(2);
  expect(second.files[0]).toMatchObject({ sha256: first?.sha256, folder: expect.stringContaining('run_1') });
  await tables.reload('run_3', [person(1, 3), person(2, 1), person(3, 2)]);
  const third = manifestOf(tables.home);
  expect(third.files.map(({ folder }) => folder?.split('-').at(-1))).toEqual(['run_2', undefined]);
  expect(await tables.reload('run_4', [person(1, 3), person(2, 1), person(3, 2)])).toMatchObject({
    counts: { inserted: 0, updated: 0, deleted: 0, unchanged: 3 },
  });
  expect(
    parquetFiles(tables.home)
      .map((name) => name.split('/')[0]?.split('-').at(-1))
      .sort(),
  ).toEqual(['run_2', 'run_3']);
  expect(shown(await tables.iceberg())).toEqual(sent([person(1, 3), person(2, 1), person(3, 2)]));
});

test('what changed is recorded with the row before and after', async () => {
  const tables = await createTables({}, COMPARES);
  await tables.reload('run_1', [person(1, 1), person(2, 1)]);
  await tables.reload('run_2', [{ ...person(1, 1), number: 9, tags: [1] }, person(3, 2)], CONFIRMED);
  const { changes } = await tables.changes('run_2');
  expect(changes).toMatchObject([
    { operation: 'delete', key: 'p2', before: { id: 'p2', large: expect.anything() }, after: null },
    { operation: 'insert', key: 'p3', before: null, after: { id: 'p3' } },
    {
      ...{ operation: 'update', key: 'p1', changedColumns: ['number', 'tags'] },
      ...{ before: { number: 1, tags: [{ round: 3 }] }, after: { number: 9, tags: [1], raw: 'YWJj' } },
    },
  ]);
});

test('more deletes than the task allows are stopped and asked for, and nothing is published', async () => {
  const tables = await createTables({ deleteShareMax: 0.3 }, COMPARES);
  const rows = [person(1, 1), person(2, 1)];
  await tables.reload('run_1', rows);
  expect(await tables.reload('run_2', [person(1, 1)])).toMatchObject({
    state: 'failed',
    problem: { code: 'delete-share-exceeded', title: expect.stringContaining('1 of 2 rows of f/people') },
  });
  expect(shown(await tables.delta())).toEqual(sent(rows));
  expect(await tables.reload('run_3', [person(1, 1)], CONFIRMED)).toMatchObject({ state: 'done', counts: { deleted: 1 } });
});

test('rows without a key are compared by their content, as often as each occurs', async () => {
  const tables = await createTables({ tables: 'iceberg' }, COMPARES);
  const dataset = fakeDataset({ id: 'string', number: 'int32' }, { name: 'people', key: [] });
  const [a, b] = [{ id: 'a', number: 1 }, { id: 'b' }];
  await tables.reload('run_1', [a, a, a, b], { dataset });
  const report = await tables.reload('run_2', [b, a, b, { id: 'c', number: 3 }], { dataset, ...CONFIRMED });
  expect(report.counts).toMatchObject({ inserted: 2, updated: 0, deleted: 2, unchanged: 2 });
  const ids = (await tables.iceberg()).map(({ id }) => id).sort();
  expect(ids).toEqual(['a', 'b', 'b', 'c']);
});

test('a column that comes, goes or could not be read leaves what is landed as it has to be', async () => {
  const tables = await createTables({ tables: 'delta-and-iceberg' }, COMPARES);
  const of = (columns: Parameters<typeof fakeDataset>[0]) => fakeDataset(columns, { name: 'people' });
  const wide = of({ id: 'string', number: 'int32', clock: 'timeOfDay' });
  await tables.reload(
    'run_1',
    [
      { id: 'a', number: 1 },
      { id: 'b', number: 2 },
    ],
    { dataset: wide },
  );
  const unread = [{ name: 'number', reason: 'refused', since: '2026-01-01T00:00:00.000Z' }];
  const source = { pages: [[{ id: 'a', clock: '01:02:03' }, { id: 'b' }, { id: 'c' }]], notRead: () => ({ unread }) };
  expect(await tables.reload('run_2', [], { dataset: wide, source })).toMatchObject({
    state: 'partial',
    counts: { inserted: 1, updated: 1, deleted: 0 },
  });
  const landed = async () =>
    (await tables.iceberg()).toSorted((one, other) => (String(one['id']) < String(other['id']) ? -1 : 1));
  expect(await landed()).toEqual([
    { id: 'a', number: 1, clock: '01:02:03' },
    { id: 'b', number: 2, clock: null },
    { id: 'c', number: null, clock: null },
  ]);
  await tables.delta();
  const narrow = of({ id: 'string', text: 'string' });
  await tables.reload('run_3', [{ id: 'a', text: 'x' }, { id: 'b' }, { id: 'c' }], { dataset: narrow });
  expect(await landed()).toEqual([
    { id: 'a', text: 'x', number: 1, clock: '01:02:03' },
    { id: 'b', text: null, number: 2, clock: null },
    { id: 'c', text: null, number: null, clock: null },
  ]);
  await tables.delta();
});

test('readers of both tables see a column under its new name and type, and no dropped one', LONG, async () => {
  const tables = await createTables({ drift: { renamed: 'rename', lost: 'drop' } }, COMPARES);
  const first = fakeDataset({ id: 'string', number: 'int32', old: 'string' }, { name: 'people' });
  await tables.reload('run_1', [{ id: 'a', number: 1, old: 'x' }], { dataset: first });
  const wide = fakeDataset({ id: 'string', number: 'int64' }, { name: 'people' });
  const next = { ...wide, columns: wide.columns.map((column) => (column.key ? column : { ...column, name: 'total' })) };
  const rows = [
    { id: 'a', number: 1 },
    { id: 'b', number: 5_000_000_000 },
  ];
  expect(await tables.reload('run_2', rows, { dataset: next })).toMatchObject({
    ...{ state: 'done', counts: { inserted: 1, updated: 0, unchanged: 1 } },
    drift: [
      { column: 'total', from: 'number', action: 'renamed' },
      { column: 'total', action: 'widened' },
      { column: 'old', action: 'dropped' },
    ],
  });
  const expected = { a: { id: 'a', total: '1' }, b: { id: 'b', total: '5000000000' } };
  expect(shown(await tables.iceberg())).toEqual(expected);
  expect(shown(await tables.delta())).toEqual(expected);
});

const WRITES = ['put', 'putIfAbsent', 'upload', 'delete'] as const;

test('a run that dies at any write leaves each reader a whole state, and the next one, or the same, heals', LONG, async () => {
  const tables = await createTables({}, COMPARES);
  let seen: readonly unknown[] = [sent([person(1, 0), person(2, 0)])];
  await tables.reload('run_0', [person(1, 0), person(2, 0)]);
  let died = true;
  for (let step = 1; died; step += 2) {
    const after = [person(1, step), person(2, 0), person(100 + step, step)];
    let writes = 0;
    const dies = (store: LakeStore): Partial<LakeStore> =>
      Object.fromEntries(
        WRITES.map((name) => [
          name,
          (...input: never[]) => {
            if (++writes >= step) throw new Error('the process died');
            return (store[name] as (...given: never[]) => unknown)(...input);
          },
        ]),
      );
    await tables.reload(`run_${step}`, after, { faults: dies, ...CONFIRMED });
    died = writes >= step;
    seen = [...seen, sent(after)];
    for (const reader of [tables.delta, tables.iceberg]) expect(seen, `step ${step}`).toContainEqual(shown(await reader()));
    // Every fourth is repeated; after the others another run comes.
    if (step % 8 !== 1) continue;
    expect(await tables.reload(`run_${step}`, after, CONFIRMED)).toMatchObject({ state: 'done', problem: null });
    for (const reader of [tables.delta, tables.iceberg]) expect(shown(await reader())).toEqual(sent(after));
  }
  await tables.reload('run_last', [person(1, -1)], CONFIRMED);
  for (const reader of [tables.delta, tables.iceberg]) expect(shown(await reader())).toEqual(sent([person(1, -1)]));
  expect((await tables.read(PEOPLE)).total).toBe(1);
});
