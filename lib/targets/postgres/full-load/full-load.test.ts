import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { FakeSourceOptions } from '#lib/reload/testing/fake-source.ts';
import { createTarget, type Row } from '#lib/targets/postgres/testing/loading.ts';

const people = (count: number, name = 'Ann'): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: `u${index}`, displayName: name, licences: [{ index }] }));

test('a full load puts all rows in place of the old ones, with the key', async () => {
  const { load, rows } = await createTarget();
  expect(await load('run_1', { pages: [people(3)] })).toMatchObject({ state: 'done', counts: { inserted: 3, deleted: 0 } });
  expect(await load('run_2', { pages: [people(2, 'Bob')] })).toMatchObject({
    state: 'done',
    counts: { inserted: 2, deleted: 3 },
  });
  expect(await rows('SELECT id, "displayName" AS name, licences, hdr__run_id AS run FROM hr.users ORDER BY id')).toEqual([
    { id: 'u0', name: 'Bob', licences: [{ index: 0 }], run: 'run_2' },
    { id: 'u1', name: 'Bob', licences: [{ index: 1 }], run: 'run_2' },
  ]);
  await expect(rows('INSERT INTO hr.users SELECT * FROM hr.users')).rejects.toThrow(/duplicate key/);
  expect(await rows("SELECT tablename FROM pg_tables WHERE schemaname = 'entrada_staging'")).toEqual([
    { tablename: 'published' },
  ]);
});

test('a full load does not collide with another task that loads a table of the same name', async () => {
  const { load, rows } = await createTarget();
  await load('run_0', { pages: [people(1)] }, { schema: 'other' });
  // What another task has loaded, and not shown yet.
  await rows('CREATE TABLE entrada_staging.of_another (id text CONSTRAINT users_pkey PRIMARY KEY)');
  for (const run of ['run_1', 'run_2']) expect(await load(run, { pages: [people(3)] })).toMatchObject({ state: 'done' });
  const keys = "SELECT conname AS name FROM pg_constraint WHERE contype = 'p' AND conrelid = 'hr.users'::regclass";
  expect(await rows(keys)).toEqual([{ name: 'users_pkey' }]);
});

test('a table that a view depends on is loaded in place; truncate keeps it; append adds', async () => {
  const { load, rows } = await createTarget();
  await load('run_1', { pages: [people(3)] });
  await rows('CREATE VIEW hr.names AS SELECT "displayName" FROM hr.users');
  expect(await load('run_2', { pages: [people(3)] })).toMatchObject({
    state: 'done',
    counts: { inserted: 3, deleted: 3 },
    notes: ['The table was not dropped but loaded in place, so that what depends on it is kept: view hr.names.'],
  });
  expect(await rows('SELECT count(*)::int AS n FROM hr.names')).toEqual([{ n: 3 }]);
  expect(await load('run_3', { pages: [people(2)] }, { whenTableExists: 'truncate' })).toMatchObject({
    state: 'done',
    counts: { deleted: 3 },
  });
  expect(await rows('SELECT count(*)::int AS n FROM hr.names')).toEqual([{ n: 2 }]);
  expect(await load('run_4', { pages: [people(2)] }, { whenTableExists: 'append' })).toMatchObject({
    state: 'done',
    counts: { inserted: 2, deleted: 0 },
  });
  expect(await rows('SELECT count(*)::int AS n FROM hr.names')).toEqual([{ n: 4 }]);
});

test('a reader sees the old or the new table, never neither and never a part', async () => {
  const { url, load } = await createTarget();
  await load('run_0', { pages: [people(500)] });
  const reader = new pg.Client({ connectionString: url });
  await reader.connect();
  const seen = new Set<number>();
  const failures: unknown[] = [];
  let reading = true;
  const loop = (async () => {
    while (reading) {
      await reader.query<{ n: number }>('SELECT count(*)::int AS n FROM hr.users').then(
        ({ rows: [row] }) => seen.add(row?.n ?? -1),
        (error: unknown) => failures.push(error),
      );
    }
  })();
  for (let round = 1; round <= 6; round++) await load(`run_${round}`, { pages: [people(round % 2 === 0 ? 500 : 700)] });
  reading = false;
  await loop;
  await reader.end();
  expect(failures).toEqual([]);
  expect([...seen].sort()).toEqual([500, 700]);
});

test('a load that fails or is cancelled leaves the table as it was', async () => {
  const { load, rows } = await createTarget();
  await load('run_1', { pages: [people(3)] });
  expect(await load('run_2', { pages: [people(1)], counts: [5] })).toMatchObject({ state: 'incomplete' });
  const stop = new AbortController();
  const report = await load(
    'run_3',
    { pages: [people(1), people(1)], beforePage: (index) => (index === 1 ? stop.abort() : undefined) },
    {},
    stop.signal,
  );
  expect(report.state).toBe('cancelled');
  expect(await rows('SELECT count(*)::int AS n FROM hr.users')).toEqual([{ n: 3 }]);
});

test('a publish that is repeated for the same run answers what was published', async () => {
  const { load, rows } = await createTarget();
  await load('run_1', { pages: [people(3)] });
  expect(await load('run_1', { pages: [people(1)] })).toMatchObject({ state: 'done', counts: { inserted: 3 } });
  expect(await rows('SELECT count(*)::int AS n FROM hr.users')).toEqual([{ n: 3 }]);
});

test('a table of somebody else is left alone', async () => {
  const { load, rows } = await createTarget();
  await rows('CREATE SCHEMA hr');
  await rows('CREATE TABLE hr.users (id text)');
  expect(await load('run_1', { pages: [people(3)] })).toMatchObject({ state: 'failed', problem: { code: 'table-not-ours' } });
});

/** Enough pages for several parts, with each person on one of them. */
const manyPages = (count: number): Row[][] =>
  Array.from({ length: count }, (_, page) =>
    [0, 1].map((row) => ({ id: `u${page * 2 + row}`, displayName: `Ann ${page}`, licences: [] })),
  );

/** Waits until rows of parts are in the database while others are still to be read. */
async function untilEarly(rows: (sql: string) => Promise<Row[]>): Promise<void> {
  await vi.waitFor(async () => {
    const [table] = await rows(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE tablename LIKE '%early'",
    );
    const [found] = await rows(`SELECT count(*)::int AS n FROM ${String(table?.['name'])}`);
    expect(found?.['n']).toBeGreaterThanOrEqual(64);
  });
}

const NAMES = 'SELECT id, "displayName" AS name FROM hr.users ORDER BY length(id), id';

test('what is copied while the rest is read is right in the end: rows that come again, change, go and are new', async () => {
  const { load, rows } = await createTarget();
  const pages = manyPages(40);
  pages.push([
    { id: 'u0', displayName: 'Came again', licences: [] },
    { id: 'u80', displayName: 'Last', licences: [] },
  ]);
  const delta: FakeSourceOptions['delta'] = {
    scope: { column: 'id', untracked: [] },
    rounds: (token) =>
      token === 'm0'
        ? {
            deltaToken: 'm1',
            pages: [
              {
                changedIds: ['u5', 'u6', 'u81', 'u80'],
                rows: [
                  { id: 'u6', displayName: 'Changed', licences: [] },
                  { id: 'u81', displayName: 'New', licences: [] },
                  { id: 'u80', displayName: 'Last, changed', licences: [] },
                ],
              },
            ],
          }
        : null,
  };
  const report = await load('run_1', {
    pages,
    delta,
    counts: [81],
    beforePage: (index) => (index === 40 ? untilEarly(rows) : undefined),
  });
  expect(report).toMatchObject({ state: 'done', counts: { inserted: 81 } });
  const expected = pages.slice(0, 40).flatMap((page) => page.map(({ id, displayName }) => ({ id, name: displayName })));
  const changed = new Map([
    ['u0', 'Came again'],
    ['u6', 'Changed'],
  ]);
  expect(await rows(NAMES)).toEqual([
    ...expected.filter(({ id }) => id !== 'u5').map(({ id, name }) => ({ id, name: changed.get(String(id)) ?? name })),
    { id: 'u80', name: 'Last, changed' },
    { id: 'u81', name: 'New' },
  ]);
  expect(await rows('SELECT DISTINCT hdr__run_id AS run FROM hr.users')).toEqual([{ run: 'run_1' }]);
});

test('where another run copies early, or copying early breaks off, everything is copied in the end', async () => {
  const { client, load, rows } = await createTarget();
  await client.query("SELECT pg_advisory_lock(hashtextextended('hr.users', 3))");
  expect(await load('run_1', { pages: manyPages(40) })).toMatchObject({ state: 'done', counts: { inserted: 80 } });
  await client.query("SELECT pg_advisory_unlock(hashtextextended('hr.users', 3))");
  const endSessions = async (): Promise<void> => {
    await untilEarly(rows);
    await rows(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()`);
  };
  const broken = await load('run_2', {
    pages: manyPages(60),
    beforePage: (index) => (index === 40 ? endSessions() : undefined),
  });
  expect(broken).toMatchObject({ state: 'done', counts: { inserted: 120, deleted: 80 } });
  expect(await rows('SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids FROM hr.users')).toEqual([{ n: 120, ids: 120 }]);
});

test('a run that ends while it copies early leaves nothing behind', async () => {
  const { load, rows } = await createTarget();
  const stop = new AbortController();
  const cancel = async (): Promise<void> => {
    await untilEarly(rows);
    stop.abort();
  };
  const source: FakeSourceOptions = { pages: manyPages(41), beforePage: (index) => (index === 40 ? cancel() : undefined) };
  expect((await load('run_1', source, {}, stop.signal)).state).toBe('cancelled');
  expect(await rows("SELECT tablename FROM pg_tables WHERE schemaname IN ('hr', 'entrada_staging')")).toEqual([
    { tablename: 'published' },
  ]);
});

test('a publish whose connection breaks is tried again, though what was copied early is used up', async () => {
  const { url, load, rows } = await createTarget();
  const reader = new pg.Client({ connectionString: url });
  await reader.connect();
  onTestFinished(() => reader.end());
  await load('run_1', { pages: [people(3)] });
  await reader.query('BEGIN; LOCK TABLE hr.users IN ACCESS SHARE MODE');
  const loading = load('run_2', {
    pages: manyPages(41),
    beforePage: (index) => (index === 40 ? untilEarly(rows) : undefined),
  });
  // The swap waits for the lock; its session is ended at that moment.
  await vi.waitFor(async () => {
    const ended = await rows(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'hr.users'::regclass",
    );
    expect(ended).toHaveLength(1);
  }, 10_000);
  await reader.query('ROLLBACK');
  expect(await loading).toMatchObject({ state: 'done', counts: { inserted: 82, deleted: 3 } });
  expect(await rows('SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids FROM hr.users')).toEqual([{ n: 82, ids: 82 }]);
});
