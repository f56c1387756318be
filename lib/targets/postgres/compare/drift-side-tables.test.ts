import { expect, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { createLanding, type Row } from '#lib/targets/postgres/testing/landing.ts';

const settings = { history: true, deleteShareMax: 1 };
const drift = { new: 'add', lost: 'drop', retyped: 'widen', renamed: 'rename' } as const;
const FIRST = { id: 'int32', name: 'string', n: 'int32' } as const;

function named(dataset: DatasetDefinition, names: Readonly<Record<string, string>>): DatasetDefinition {
  return { ...dataset, columns: dataset.columns.map((column) => ({ ...column, name: names[column.name] ?? column.name })) };
}

test('change table, history and the view of present versions follow the table, and people keep their rights on the view', async () => {
  const landing = await createLanding();
  const typesOf = async (table: string) =>
    Object.fromEntries(
      (
        await landing.rows(
          `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
         WHERE attrelid = 'hr.${table}'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE 'hdr%'`,
        )
      ).map(({ name, type }) => [name, type]),
    );
  const rows: readonly Row[] = [{ id: 1, name: 'Ada', n: 1 }];
  await landing.reload({ runId: 'run_1', dataset: fakeDataset(FIRST), rows, settings });
  await landing.client.query(`DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'drift_reader') THEN CREATE ROLE drift_reader; END IF; END $$;
    GRANT SELECT, UPDATE ON hr.users__current TO drift_reader WITH GRANT OPTION; GRANT SELECT (name) ON hr.users__current TO PUBLIC;
    COMMENT ON VIEW hr.users__current IS 'Now'; COMMENT ON COLUMN hr.users__current.name IS 'Who'; ALTER VIEW hr.users__current SET (security_barrier = true);
    DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'drift_owner') THEN CREATE ROLE drift_owner; END IF; END $$;
    GRANT USAGE ON SCHEMA hr TO drift_owner; GRANT SELECT ON hr.users__history TO drift_owner; ALTER VIEW hr.users__current OWNER TO drift_owner`);
  const attached = `SELECT ARRAY(SELECT unnest(relacl)::text ORDER BY 1) AS rights, reloptions AS options, pg_get_userbyid(relowner) AS owner, obj_description(c.oid) AS about, col_description(c.oid, 2) AS who,
      (SELECT attacl::text FROM pg_attribute WHERE attrelid = c.oid AND attname = 'name') AS "onName"
    FROM pg_class c WHERE c.oid = 'hr.users__current'::regclass`;
  const before = await landing.rows(attached);

  // The key and another column are widened: PostgreSQL changes no type under a view.
  const wide = fakeDataset({ ...FIRST, id: 'int64', n: 'int64', fresh: 'date' });
  const all = [...rows, { id: 5_000_000_000, name: 'Bob', n: 2 }];
  expect(await landing.reload({ runId: 'run_2', dataset: wide, rows: all, settings })).toMatchObject({
    ...{ state: 'done', problem: null, counts: { inserted: 1, updated: 0, unchanged: 1 } },
    drift: [
      { column: 'id', action: 'widened', from: 'integer', to: 'bigint' },
      { column: 'n', action: 'widened' },
      { column: 'fresh', action: 'added' },
    ],
  });
  expect(await typesOf('users__ct')).toEqual({ id: 'bigint' });
  expect(await typesOf('users__history')).toEqual({ id: 'bigint', name: 'text', n: 'bigint', fresh: 'date' });
  expect(await typesOf('users__current')).toEqual(await typesOf('users__history'));
  expect(await landing.rows(attached)).toEqual(before);
  expect(await landing.rows("SELECT id FROM hr.users__ct WHERE hdr__run_id = 'run_2'")).toEqual([{ id: '5000000000' }]);

  // A key with another name, and a column that is gone: dropped from the table and the view, and kept by the history.
  const other = named(fakeDataset({ id: 'int64', name: 'string', n: 'int64' }), { id: 'key', name: 'full' });
  const changed = [all[0] ?? {}, { id: 5_000_000_000, name: 'Rob', n: 2 }];
  expect(await landing.reload({ runId: 'run_3', dataset: other, rows: changed, settings: { ...settings, drift } })).toMatchObject(
    {
      ...{ state: 'done', problem: null, counts: { inserted: 0, updated: 1, deleted: 0, unchanged: 1 } },
      drift: [
        { column: 'key', from: 'id', action: 'renamed' },
        { column: 'full', from: 'name', action: 'renamed' },
        { column: 'fresh', action: 'dropped' },
      ],
    },
  );
  expect(await landing.rows('SELECT key, "full", n FROM hr.users ORDER BY key')).toEqual([
    { key: '1', full: 'Ada', n: '1' },
    { key: '5000000000', full: 'Rob', n: '2' },
  ]);
  expect(await typesOf('users__ct')).toEqual({ key: 'bigint' });
  expect(await typesOf('users__history')).toEqual({ key: 'bigint', full: 'text', n: 'bigint', fresh: 'date' });
  expect(await typesOf('users__current')).toEqual(await typesOf('users'));
  expect(await landing.rows('SELECT key, "full" FROM hr.users__current ORDER BY key')).toEqual([
    { key: '1', full: 'Ada' },
    { key: '5000000000', full: 'Rob' },
  ]);
  expect(await landing.rows(attached.replace("'name'", "'full'"))).toEqual(before);
  expect(await landing.reload({ runId: 'run_4', dataset: other, rows: changed, settings: { ...settings, drift } })).toMatchObject(
    { state: 'done', counts: { updated: 0, unchanged: 2 } },
  );

  // What others built on the view is named, and nothing is changed.
  await landing.client.query('CREATE VIEW hr.mine AS SELECT n FROM hr.users__current');
  const text = named(fakeDataset({ id: 'int64', name: 'string', n: 'string' }), { id: 'key', name: 'full' });
  expect(await landing.reload({ runId: 'run_5', dataset: text, rows: changed, settings })).toMatchObject({
    problem: { code: 'landing-table-needed', detail: expect.stringContaining('mine') },
  });
  expect((await typesOf('users'))['n']).toBe('bigint');
});
