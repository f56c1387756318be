import { expect, test } from 'vitest';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { createTarget, type Row } from '#lib/targets/postgres/testing/loading.ts';

const PEOPLE = fakeDataset({ id: 'string', name: 'string', title: 'string' });
const NARROW = fakeDataset({ id: 'string', name: 'string' });
const ada = { id: 'a', name: 'Ada', title: 'Countess' };
const ben = { id: 'b', name: 'Ben', title: 'Baker' };
const cem = { id: 'c', name: 'Cem', title: 'Cook' };

type Target = Awaited<ReturnType<typeof createTarget>>;

/** A table with two rows, and roles of the server that no other test uses. */
async function createLoaded(statements: string): Promise<Target> {
  const target = await createTarget(PEOPLE);
  await target.load('run_1', { pages: [[ada, ben]] });
  await target.rows(statements);
  return target;
}

/** The same database with fewer columns to read. */
const narrow = (target: Target, runId: string, rows: Row[]) => target.load(runId, { pages: [rows] }, {}, undefined, NARROW);

const ROLES = `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'swap_one') THEN CREATE ROLE swap_one; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'swap_two') THEN CREATE ROLE swap_two; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'swap_three') THEN CREATE ROLE swap_three; END IF;
END $$;`;

/** Everything that is attached to hr.users, without ids, which change with each table. */
const SEEN = {
  grants: `SELECT grantee, privilege_type, is_grantable FROM information_schema.role_table_grants
    WHERE table_schema = 'hr' AND table_name = 'users' AND grantee LIKE 'swap%' ORDER BY 1, 2`,
  columnGrants: "SELECT attacl::text FROM pg_attribute WHERE attrelid = 'hr.users'::regclass AND attacl IS NOT NULL",
  owner: "SELECT tableowner, rowsecurity FROM pg_tables WHERE schemaname = 'hr' ORDER BY tablename",
  comments: `SELECT obj_description('hr.users'::regclass) AS t, col_description('hr.users'::regclass, 2) AS c,
    obj_description('hr.users_upper'::regclass) AS i`,
  indexes: "SELECT indexdef FROM pg_indexes WHERE schemaname = 'hr' ORDER BY 1",
  constraints: `SELECT conname, pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE conrelid = 'hr.users'::regclass ORDER BY 1`,
  policies:
    "SELECT policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'hr' ORDER BY 1",
  security: `SELECT relrowsecurity, relforcerowsecurity, reloptions, relreplident FROM pg_class WHERE oid = 'hr.users'::regclass`,
  triggers:
    "SELECT tgname, tgenabled, pg_get_triggerdef(oid) AS def FROM pg_trigger WHERE tgrelid = 'hr.users'::regclass AND NOT tgisinternal",
  columns: `SELECT attname, attnotnull, attoptions, attstorage, pg_get_expr(adbin, adrelid) AS value FROM pg_attribute
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = 'hr.users'::regclass AND attnum > 0 ORDER BY 1`,
  statistics: "SELECT stxname, pg_get_statisticsobjdef(oid) AS def FROM pg_statistic_ext WHERE stxrelid = 'hr.users'::regclass",
};

async function seen({ rows }: Target): Promise<Record<string, Row[]>> {
  const all: Record<string, Row[]> = {};
  for (const [name, sql] of Object.entries(SEEN)) all[name] = await rows(sql);
  return all;
}

const idOf = async ({ rows }: Target): Promise<unknown> => (await rows("SELECT 'hr.users'::regclass::oid AS id"))[0]?.['id'];

test('a new table has everything that was attached to the one in whose place it comes', async () => {
  const target = await createLoaded(`${ROLES}
    GRANT SELECT, UPDATE ON hr.users TO swap_one WITH GRANT OPTION; GRANT INSERT ON hr.users TO swap_one; GRANT SELECT ON hr.users TO swap_three WITH GRANT OPTION;
    GRANT SELECT (name), UPDATE (title) ON hr.users TO swap_three WITH GRANT OPTION; GRANT REFERENCES (id) ON hr.users TO PUBLIC;
    COMMENT ON TABLE hr.users IS 'It''s people'; COMMENT ON COLUMN hr.users.name IS 'Their name';
    CREATE INDEX users_upper ON hr.users (upper(name)) WHERE title IS NOT NULL; COMMENT ON INDEX hr.users_upper IS 'Fast';
    CREATE UNIQUE INDEX "Users ON name" ON hr.users USING btree (name DESC) INCLUDE (title) WITH (fillfactor = 80);
    ALTER TABLE hr.users ADD CONSTRAINT short CHECK (length(name) < 50), ADD CONSTRAINT one_title UNIQUE (title) DEFERRABLE,
      ADD CONSTRAINT self FOREIGN KEY (id) REFERENCES hr.users (id) NOT VALID, ALTER name SET NOT NULL, ALTER title SET DEFAULT 'none',
      ALTER name SET (n_distinct = 5), ALTER name SET STORAGE EXTERNAL, SET (fillfactor = 70, toast.autovacuum_enabled = false), REPLICA IDENTITY FULL;
    CREATE TABLE hr.kinds (title text PRIMARY KEY); INSERT INTO hr.kinds VALUES ('Cook'), ('Baker'), ('Countess');
    ALTER TABLE hr.users ADD CONSTRAINT of_kind FOREIGN KEY (title) REFERENCES hr.kinds;
    ALTER TABLE hr.users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON hr.users FOR SELECT TO swap_one, swap_two USING (name = current_user);
    CREATE POLICY never ON hr.users AS RESTRICTIVE FOR ALL USING (true) WITH CHECK (title <> 'x');
    CREATE FUNCTION hr.stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER no_delete BEFORE DELETE ON hr.users FOR EACH ROW WHEN (old.title = 'x') EXECUTE FUNCTION hr.stop(); ALTER TABLE hr.users DISABLE TRIGGER no_delete;
    CREATE STATISTICS hr.together ON name, title FROM hr.users; ALTER TABLE hr.users OWNER TO swap_two;
    GRANT SELECT ON hr.users TO swap_one`);
  const [before, id] = [await seen(target), await idOf(target)];
  expect(Object.values(before).every((found) => found.length > 0)).toBe(true);
  const report = await target.load('run_2', { pages: [[ada, cem]] });
  expect(report).toMatchObject({ state: 'done', notes: [], counts: { inserted: 2, deleted: 2 } });
  expect(await idOf(target)).not.toBe(id);
  expect(await seen(target)).toEqual(before);
  expect((await target.rows("SELECT conname FROM pg_constraint WHERE conname LIKE 's\\_%'")).length).toBe(0);
});

test('views of others show the new rows, with their rights, and a column that one of them uses stays', async () => {
  const target = await createLoaded(`${ROLES} CREATE SCHEMA other; CREATE VIEW other.titles AS SELECT id, title FROM hr.users;
    GRANT SELECT ON other.titles TO swap_one; CREATE MATERIALIZED VIEW other.stored AS SELECT count(*) FROM other.titles`);
  const report = await narrow(target, 'run_2', [{ id: 'c', name: 'Cem' }]);
  expect(report).toMatchObject({ state: 'done', counts: { inserted: 1, deleted: 2 } });
  expect(report.notes).toEqual([
    'The table was not dropped but loaded in place, so that what depends on it is kept: view other.titles.',
  ]);
  expect(report.drift).toMatchObject([{ change: 'lost', column: 'title', action: 'kept' }]);
  expect(await target.rows('SELECT * FROM other.titles')).toEqual([{ id: 'c', title: null }]);
  expect(await target.rows("SELECT has_table_privilege('swap_one', 'other.titles', 'SELECT') AS may")).toEqual([{ may: true }]);
});

test.each(['drop-and-create', 'truncate'] as const)(
  'by %s, rows that foreign keys of others refer to are replaced in place',
  async (how) => {
    const target = await createLoaded(`CREATE TABLE hr.badges (user_id text CONSTRAINT of_user REFERENCES hr.users);
    INSERT INTO hr.badges VALUES ('a')`);
    const changed = { ...ada, name: 'Augusta' };
    const report = await target.load('run_2', { pages: [[changed, cem]] }, { whenTableExists: how });
    expect(report).toMatchObject({ state: 'done', counts: { inserted: 2, deleted: 2 } });
    const shown = 'SELECT id, name, title, hdr__run_id AS run FROM hr.users ORDER BY id';
    expect(await target.rows(shown)).toEqual([
      { ...changed, run: 'run_2' },
      { ...cem, run: 'run_2' },
    ]);
    expect(await target.rows("SELECT 1 FROM pg_constraint WHERE conname = 'of_user'")).toHaveLength(1);
    const refused = await target.load('run_3', { pages: [[cem]] }, { whenTableExists: how });
    expect(refused).toMatchObject({
      state: 'failed',
      problem: { code: 'landing-table-needed', detail: expect.stringContaining('"of_user" on table "badges"') },
    });
    expect(await target.rows(shown)).toHaveLength(2);
  },
);

test('what uses a dropped column, or does not hold for the new rows, is named in a note', async () => {
  const target = await createLoaded(`CREATE INDEX by_title ON hr.users (title); COMMENT ON COLUMN hr.users.title IS 'Old';
    CREATE UNIQUE INDEX one_name ON hr.users (name)`);
  const report = await narrow(target, 'run_2', [
    { id: 'a', name: 'Ada' },
    { id: 'c', name: 'Ada' },
  ]);
  expect(report.state).toBe('done');
  expect(report.notes).toEqual([
    'Index by_title was not kept: it uses title, which is no longer read.',
    'Index one_name was not kept: the database answered "could not create unique index "one_name"" (23505).',
  ]);
  expect(report.drift).toMatchObject([{ change: 'lost', column: 'title', action: 'dropped' }]);
  expect(await target.rows("SELECT indexname FROM pg_indexes WHERE schemaname = 'hr'")).toEqual([{ indexname: 'users_pkey' }]);
});

test('a policy keeps the column that it uses; a publication keeps its table', async () => {
  const target =
    await createLoaded(`ALTER TABLE hr.users ENABLE ROW LEVEL SECURITY; CREATE POLICY bakers ON hr.users USING (title = 'Baker');
    CREATE PUBLICATION people FOR TABLE hr.users`);
  const report = await narrow(target, 'run_2', [{ id: 'c', name: 'Cem' }]);
  expect(report.notes[0]).toMatch(/is kept: publication people, policy bakers\.$/);
  expect(
    await target.rows('SELECT policyname AS name FROM pg_policies UNION ALL SELECT tablename FROM pg_publication_tables'),
  ).toEqual([{ name: 'bakers' }, { name: 'users' }]);
});

test('a type that a view does not let change is a problem that names the view', async () => {
  const target = await createTarget(fakeDataset({ id: 'string', title: 'int32' }));
  await target.load('run_1', { pages: [[{ id: 'a', title: 1 }]] });
  await target.rows('CREATE VIEW hr.titles AS SELECT title FROM hr.users');
  const report = await target.load('run_2', { pages: [[{ id: 'a', title: 'one' }]] }, {}, undefined, PEOPLE);
  expect(report).toMatchObject({
    state: 'failed',
    problem: { code: 'landing-table-needed', detail: expect.stringContaining('It is used by: view hr.titles.') },
  });
  expect(await target.rows('SELECT title FROM hr.titles')).toEqual([{ title: 1 }]);
});

test('append keeps the key until a key comes again; then it says why the key has the run too, and truncate takes that back', async () => {
  const target = await createLoaded('SELECT 1');
  const key = async () =>
    (await target.rows("SELECT pg_get_constraintdef(oid) AS key FROM pg_constraint WHERE conname = 'users_pkey'"))[0]?.['key'];
  const append = { whenTableExists: 'append' } as const;
  expect(await target.load('run_2', { pages: [[cem]] }, append)).toMatchObject({ state: 'done', notes: [] });
  expect(await key()).toBe('PRIMARY KEY (id)');
  const report = await target.load('run_3', { pages: [[ada, cem]] }, append);
  expect(report.notes).toEqual([
    'The primary key is now (id, hdr__run_id), it was (id): 2 of the appended rows have a key that an earlier load has too.',
  ]);
  expect(await key()).toBe('PRIMARY KEY (id, hdr__run_id)');
  expect(await target.load('run_4', { pages: [[ada]] }, append)).toMatchObject({
    state: 'done',
    notes: [],
    counts: { inserted: 1 },
  });
  expect(await target.load('run_5', { pages: [[ada]] }, { whenTableExists: 'truncate' })).toMatchObject({
    counts: { deleted: 6 },
  });
  expect(await key()).toBe('PRIMARY KEY (id)');
});
