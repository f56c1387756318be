import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import { prepareReaderRole, revokeFromPublic } from './reader-role.ts';
import { nameReader } from './testing/reader.ts';

/** One database for everything, as with `DATABASE_URL` alone, in which earlier versions granted the reader all later tables. */
async function createOpenDatabase() {
  const { url } = await createTestDatabase();
  const { reader, admin, addressWith } = await nameReader(url);
  await admin.query(`CREATE ROLE ${reader.name} LOGIN PASSWORD 'old';
    ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO ${reader.name}; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${reader.name};
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${reader.name};
    CREATE SCHEMA pgboss; CREATE TABLE pgboss.job (data text); CREATE SCHEMA hr; CREATE TABLE hr.users (id text, hdr__run_id text);
    CREATE SCHEMA entrada_staging; CREATE TABLE entrada_staging.s_new (id text, hdr__run_id text); CREATE TABLE public.landed (hdr__run_id text)`);
  const read = async (sql: string): Promise<string> => {
    const client = new pg.Client({ connectionString: addressWith() });
    try {
      await client.connect();
      await client.query(sql);
      return 'done';
    } catch (error) {
      return (error as pg.DatabaseError).code ?? '';
    } finally {
      await client.end();
    }
  };
  return { admin, reader, read };
}

const FORBIDDEN = '42501';

test('the reader reads landed tables and nothing of the application, also where an earlier version had let it', async () => {
  const { admin, reader, read } = await createOpenDatabase();
  await prepareReaderRole(admin, reader);
  for (const table of ['users', 'secrets', 'api_tokens', 'dataset_runs', 'pgboss.job', 'entrada_staging.s_new']) {
    expect(`${table}: ${await read(`SELECT * FROM ${table}`)}`).toBe(`${table}: ${FORBIDDEN}`);
  }
  for (const table of ['hr.users', 'public.landed'])
    expect(`${table}: ${await read(`SELECT * FROM ${table}`)}`).toBe(`${table}: done`);
});

test('what the application makes later is not readable by default', async () => {
  const { admin, reader, read } = await createOpenDatabase();
  await prepareReaderRole(admin, reader);
  await admin.query('CREATE TABLE public.later (id text); CREATE SCHEMA other; CREATE TABLE other.later (id text)');
  expect(await read('SELECT * FROM public.later')).toBe(FORBIDDEN);
  expect(await read('SELECT * FROM other.later')).toBe(FORBIDDEN);
});

test.each([
  ['a temporary table', 'BEGIN READ WRITE; CREATE TEMP TABLE t (n int)'],
  ['a large object', 'BEGIN READ WRITE; SELECT lo_create(0)'],
  ['a table', 'BEGIN READ WRITE; CREATE TABLE public.t (n int)'],
  ["a run's advisory lock", "SELECT pg_advisory_lock(hashtextextended('hr.users', 1))"],
  ['a shared advisory lock', 'SELECT pg_try_advisory_xact_lock_shared(1)'],
])('in a database of its own the reader cannot take or make %s', async (_what, sql) => {
  const { admin, reader, read } = await createOpenDatabase();
  await prepareReaderRole(admin, reader);
  const { rows } = await admin.query<{ name: string; database: string }>(
    'SELECT current_user AS name, current_database() AS database',
  );
  await revokeFromPublic(admin, rows[0]?.name ?? '');
  expect(await read('SELECT 1')).not.toBe('done');
  await admin.query(`GRANT CONNECT ON DATABASE ${rows[0]?.database} TO ${reader.name}`);
  expect(await read('SELECT * FROM hr.users')).toBe('done');
  expect(await read(sql)).toBe(FORBIDDEN);
});
