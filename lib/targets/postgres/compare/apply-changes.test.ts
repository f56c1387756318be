import { describe, expect, onTestFinished, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { CreateTaskInput } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { columnDefinitions, ensureStagingSchema, namesOf } from '#lib/targets/postgres/table/landed-table.ts';
import { applyChanges } from './apply-changes.ts';
import { prepareTables } from './compare-tables.ts';

type Row = Record<string, unknown>;
const PEOPLE = fakeDataset({ id: 'string', name: 'string', level: 'int32', tags: 'json' });
const LIST = fakeDataset({ name: 'string', level: 'int32' }, { key: [] });
const NOW = new Date('2026-02-03T04:05:06Z');
/** Tables of a dataset with `landed` rows of run_0, and the staging tables of a run that read `staged`. */
async function prepare(
  dataset: DatasetDefinition,
  landed: readonly Row[],
  staged: { changed: readonly Row[]; gone: readonly Row[] },
) {
  const url = await createEmptyDatabase();
  const session = await LandingSession.open(
    { connection: async () => ({ connectionString: url }) },
    new AbortController().signal,
  );
  onTestFinished(() => session.close());
  const settings = { schema: 'hr', history: true };
  const target = CreateTaskInput.shape.target.parse({
    method: 'reload-and-compare',
    targetId: `targ_${'2'.repeat(20)}`,
    settings,
  });
  const [plan] = planReload([dataset], target).datasets;
  if (plan === undefined) throw new TypeError('no plan');
  const names = namesOf(plan);
  const history = plan.key.length > 0;
  await session.run(`CREATE SCHEMA ${names.schema}`);
  await ensureStagingSchema(session);
  const { liveTypes } = await prepareTables(session, plan, names, { history, softDelete: false });
  const columns = columnDefinitions(plan.columns).join(', ');
  await session.run(`CREATE UNLOGGED TABLE ${names.staging('changed')} (${columns}, hdr__operation text, hdr__row_hash bigint)`);
  const deletedRows = plan.key.length > 0 ? `${plan.key.join(' text, ')} text` : 'hdr__row_hash bigint, surplus bigint';
  await session.run(`CREATE UNLOGGED TABLE ${names.staging('deleted')} (${deletedRows})`);
  const insert = async (table: string, rows: readonly Row[]): Promise<void> => {
    for (const row of rows) {
      const values = Object.values(row).map((value) =>
        typeof value === 'number' ? value : value === null ? null : String(value),
      );
      const places = values.map((_, index) => `$${index + 1}`).join(', ');
      await session.query(`INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${places})`, values);
    }
  };
  const header = { hdr__run_id: 'run_0', hdr__inserted_at: '2026-01-01', hdr__updated_at: '2026-01-01' };
  await insert(
    names.live,
    landed.map((row) => ({ ...row, ...header })),
  );
  if (history)
    await insert(
      names.history,
      landed.map(({ hdr__row_hash: _, ...row }) => ({ ...row, hdr__run_id: 'run_0', hdr__from_timestamp: '2026-01-01' })),
    );
  await insert(names.staging('changed'), staged.changed);
  await insert(names.staging('deleted'), staged.gone);
  const read = async (sql: string): Promise<Row[]> => (await session.query(sql)).rows;
  return {
    names,
    read,
    apply: async () => {
      await session.run('BEGIN');
      const applied = await applyChanges(session, {
        plan,
        names,
        liveTypes,
        history,
        softDelete: false,
        runId: 'run_1',
        now: NOW,
      });
      await session.run('COMMIT');
      return applied;
    },
    rows: () => read(`SELECT * FROM ${names.live} ORDER BY 1, 2`),
    changes: () => read(`SELECT * FROM ${names.changes} ORDER BY hdr__operation, 4`),
    history: () => read(`SELECT id, name, hdr__run_id AS run, hdr__to_timestamp AS until FROM ${names.history} ORDER BY 1, 3`),
  };
}

const ann = { id: 'a', name: 'Ann', level: 1, tags: '["x"]', hdr__row_hash: 1 };
const bob = { id: 'b', name: 'Bob', level: 2, tags: null, hdr__row_hash: 2 };
const values = ({ hdr__row_hash: _, ...row }: typeof ann | typeof bob): Row => ({
  ...row,
  tags: row.tags === null ? null : ['x'],
});

describe('a keyed table', () => {
  test('an insert is landed, recorded with its row, and begins its history', async () => {
    const { apply, rows, changes, history } = await prepare(PEOPLE, [bob], {
      changed: [{ ...ann, hdr__operation: 'I' }],
      gone: [],
    });
    expect(await apply()).toEqual({ inserted: 1, updated: 0, deleted: 0 });
    expect(await rows()).toMatchObject([
      { ...values(ann), hdr__run_id: 'run_1', hdr__inserted_at: NOW, hdr__updated_at: NOW },
      values(bob),
    ]);
    expect(await changes()).toMatchObject([
      {
        hdr__run_id: 'run_1',
        hdr__operation: 'I',
        id: 'a',
        hdr__changed_columns: [],
        hdr__before: null,
        hdr__after: values(ann),
      },
    ]);
    expect(await history()).toMatchObject([
      { id: 'a', run: 'run_1', until: null },
      { id: 'b', run: 'run_0', until: null },
    ]);
  });

  test('an update names the columns that differ, keeps the time of insertion and continues the history', async () => {
    const changed = { ...ann, name: 'Anna', level: null, hdr__row_hash: 9, hdr__operation: 'U' };
    const { apply, rows, changes, history } = await prepare(PEOPLE, [ann, bob], { changed: [changed], gone: [] });
    expect(await apply()).toEqual({ inserted: 0, updated: 1, deleted: 0 });
    const after = { ...values(ann), name: 'Anna', level: null };
    expect(await rows()).toMatchObject([
      { ...after, hdr__row_hash: '9', hdr__run_id: 'run_1', hdr__updated_at: NOW },
      { ...values(bob), hdr__run_id: 'run_0' },
    ]);
    expect((await rows())[0]?.['hdr__inserted_at']).not.toEqual(NOW);
    expect(await changes()).toMatchObject([
      { hdr__operation: 'U', id: 'a', hdr__changed_columns: ['name', 'level'], hdr__before: values(ann), hdr__after: after },
    ]);
    expect(await history()).toMatchObject([
      { id: 'a', name: 'Ann', run: 'run_0', until: NOW },
      { id: 'a', name: 'Anna', run: 'run_1', until: null },
      { id: 'b', run: 'run_0', until: null },
    ]);
  });

  test('a row whose hash alone differs gets the new hash, and nothing is recorded', async () => {
    const same = { ...ann, tags: '[ "x" ]', hdr__row_hash: 9, hdr__operation: 'U' };
    const { apply, rows, changes, history } = await prepare(PEOPLE, [ann], { changed: [same], gone: [] });
    expect(await apply()).toEqual({ inserted: 0, updated: 0, deleted: 0 });
    expect(await rows()).toMatchObject([{ ...values(ann), hdr__row_hash: '9', hdr__run_id: 'run_0' }]);
    expect(await changes()).toEqual([]);
    expect(await history()).toMatchObject([{ run: 'run_0', until: null }]);
  });

  test('a delete is recorded with its row and ends its history', async () => {
    const { apply, rows, changes, history } = await prepare(PEOPLE, [ann, bob], { changed: [], gone: [{ id: 'a' }] });
    expect(await apply()).toEqual({ inserted: 0, updated: 0, deleted: 1 });
    expect(await rows()).toMatchObject([values(bob)]);
    expect(await changes()).toMatchObject([{ hdr__operation: 'D', id: 'a', hdr__before: values(ann), hdr__after: null }]);
    expect(await history()).toMatchObject([
      { id: 'a', until: NOW },
      { id: 'b', until: null },
    ]);
  });

  test('a row that is gone at the source and not landed changes nothing', async () => {
    const { apply, changes } = await prepare(PEOPLE, [bob], { changed: [], gone: [{ id: 'a' }] });
    expect(await apply()).toEqual({ inserted: 0, updated: 0, deleted: 0 });
    expect(await changes()).toEqual([]);
  });
});

describe('a table without a key', () => {
  const row = (name: string, hash: number): Row => ({ name, level: 1, hdr__row_hash: hash });

  test('loses as many copies of a row as the source has fewer, and gains those that it has more', async () => {
    const landed = [row('x', 1), row('x', 1), row('x', 1), row('y', 2)];
    const staged = { changed: [{ ...row('z', 3), hdr__operation: 'I' }], gone: [{ hdr__row_hash: 1, surplus: 2 }] };
    const { apply, read, names } = await prepare({ ...LIST }, landed, staged);
    expect(await apply()).toEqual({ inserted: 1, updated: 0, deleted: 2 });
    expect(await read(`SELECT name FROM ${names.live} ORDER BY 1`)).toEqual([{ name: 'x' }, { name: 'y' }, { name: 'z' }]);
    expect(
      await read(
        `SELECT hdr__operation AS op, coalesce(hdr__before, hdr__after)->>'name' AS name FROM ${names.changes} ORDER BY 1`,
      ),
    ).toEqual([
      { op: 'D', name: 'x' },
      { op: 'D', name: 'x' },
      { op: 'I', name: 'z' },
    ]);
  });
});
