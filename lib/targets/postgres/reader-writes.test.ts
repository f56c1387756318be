import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { prepareReaderRole, revokeFromPublic } from './reader-role.ts';
import { nameReader } from './testing/reader.ts';

/** A landing database like that of the embedded server, with a landed table; and its reader, connected without read-only mode. */
async function createLanding() {
  const url = await createEmptyDatabase();
  const { reader, admin, addressWith } = await nameReader(url);
  await admin.query('CREATE SCHEMA hr; CREATE TABLE hr.users (id text, n serial, hdr__run_id text); CREATE SEQUENCE hr.s');
  await prepareReaderRole(admin, reader);
  const { rows } = await admin.query<{ name: string; database: string }>(
    'SELECT current_user AS name, current_database() AS database',
  );
  const { name: owner = '', database = '' } = rows[0] ?? {};
  await revokeFromPublic(admin, owner);
  await admin.query(`GRANT CONNECT ON DATABASE ${database} TO ${reader.name}`);
  const connect = async (password = reader.password) => {
    const client = new pg.Client({ connectionString: addressWith(password) });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  };
  return { admin, reader, connect };
}

const found = async (client: pg.Client, sql: string, values: readonly unknown[] = []) =>
  (await client.query<{ found: string }>(sql, [...values])).rows.map((row) => row.found).sort();

/** Catalogue queries for the rights of a role, `$1` is its name. */
const PLACES = [
  [
    'relation',
    `SELECT oid::regclass::text AS found FROM pg_class WHERE relkind IN ('r','p','v','m','f')
     AND (has_table_privilege($1, oid, 'INSERT') OR has_table_privilege($1, oid, 'UPDATE') OR has_table_privilege($1, oid, 'DELETE')
     OR has_table_privilege($1, oid, 'TRUNCATE') OR has_table_privilege($1, oid, 'REFERENCES') OR has_table_privilege($1, oid, 'TRIGGER')
     OR has_table_privilege($1, oid, 'MAINTAIN') OR has_any_column_privilege($1, oid, 'INSERT') OR has_any_column_privilege($1, oid, 'UPDATE'))`,
    // Every role's own session settings, by the rule of the view.
    ['pg_settings'],
  ],
  [
    'sequence',
    `SELECT oid::regclass::text AS found FROM pg_class WHERE relkind = 'S'
     AND (has_sequence_privilege($1, oid, 'USAGE') OR has_sequence_privilege($1, oid, 'UPDATE'))`,
    [],
  ],
  ['schema', `SELECT nspname AS found FROM pg_namespace WHERE has_schema_privilege($1, oid, 'CREATE')`, []],
  [
    'database',
    `SELECT datname AS found FROM pg_database WHERE datname = current_database()
     AND (has_database_privilege($1, oid, 'CREATE') OR has_database_privilege($1, oid, 'TEMPORARY'))`,
    [],
  ],
  ['tablespace', `SELECT spcname AS found FROM pg_tablespace WHERE has_tablespace_privilege($1, oid, 'CREATE')`, []],
  ['foreign server', `SELECT srvname AS found FROM pg_foreign_server WHERE has_server_privilege($1, oid, 'USAGE')`, []],
  [
    'server setting',
    `SELECT parname AS found FROM pg_parameter_acl WHERE has_parameter_privilege($1, parname, 'SET') OR has_parameter_privilege($1, parname, 'ALTER SYSTEM')`,
    [],
  ],
  ['role', `SELECT rolname AS found FROM pg_roles WHERE pg_has_role($1, oid, 'MEMBER') AND rolname <> $1`, []],
  [
    'attribute',
    `SELECT rolname AS found FROM pg_roles WHERE rolname = $1 AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)`,
    [],
  ],
  [
    'own object',
    `SELECT deptype::text AS found FROM pg_shdepend WHERE refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1) AND deptype = 'o'`,
    [],
  ],
] as const;

/** Results of all PLACES. */
async function rightsOf(client: pg.Client, name: string) {
  const rights: Record<string, string[]> = {};
  for (const [what, sql] of PLACES) rights[what] = await found(client, sql, [name]);
  return rights;
}

const EXPECTED = Object.fromEntries(PLACES.map(([what, , expected]) => [what, expected]));

test('out of read-only mode the reader has no right to write anything, in any place of the catalog', async () => {
  const { reader, connect } = await createLanding();
  const client = await connect();
  await client.query('SET default_transaction_read_only = off');
  expect(await rightsOf(client, reader.name)).toEqual(EXPECTED);
});

test('the enumeration finds a right that somebody has given: it can fail', async () => {
  const { admin, reader } = await createLanding();
  await admin.query(`GRANT UPDATE (id) ON hr.users TO ${reader.name}; GRANT USAGE ON SEQUENCE hr.s TO ${reader.name}`);
  const rights = await rightsOf(admin, reader.name);
  expect(rights).toMatchObject({ relation: ['hr.users', 'pg_settings'], sequence: ['hr.s'] });
});

test.each([
  `INSERT INTO hr.users (id) VALUES ('x')`,
  'UPDATE hr.users SET id = id',
  'DELETE FROM hr.users',
  'TRUNCATE hr.users',
  'BEGIN; LOCK TABLE hr.users IN EXCLUSIVE MODE',
  'SELECT * FROM hr.users FOR UPDATE',
  'CREATE TEMP TABLE t (n int)',
  'CREATE TABLE public.t (n int)',
  'CREATE SCHEMA mine',
  'CREATE INDEX ON hr.users (id)',
  'ALTER TABLE hr.users ADD COLUMN c text',
  'CREATE FUNCTION hr.f() RETURNS int LANGUAGE sql AS $$SELECT 1$$',
  'CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()',
  'CREATE PUBLICATION p FOR TABLE hr.users',
  "ANALYZE VERBOSE hr.users; SELECT pg_clear_relation_stats('hr', 'users')",
  `SELECT nextval('hr.s')`,
  `SELECT setval('hr.s', 9)`,
  'SELECT lo_create(0)',
  `SELECT lo_from_bytea(0, 'x')`,
  `SELECT pg_logical_emit_message(false, 'x', 'y')`,
  `SELECT pg_create_physical_replication_slot('x')`,
  `SELECT pg_import_system_collations('pg_catalog')`,
  'SELECT pg_advisory_lock(1)',
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user',
  `COPY hr.users TO '/dev/null'`,
  `COPY hr.users TO PROGRAM 'cat'`,
  `SELECT pg_read_file('PG_VERSION')`,
  'ALTER SYSTEM SET work_mem = 1',
  `COMMENT ON TABLE hr.users IS 'x'`,
])('PostgreSQL refuses the reader: %s', async (sql) => {
  const { connect } = await createLanding();
  const client = await connect();
  await client.query('SET default_transaction_read_only = off');
  await expect(client.query(sql)).rejects.toThrow(/permission denied|must be owner|must be superuser|privileges|permission to/);
});

test('a password and settings that the reader gave itself lend no right, and are gone at the next start', async () => {
  const { admin, reader, connect } = await createLanding();
  const client = await connect();
  await client.query('SET default_transaction_read_only = off');
  await client.query(
    `ALTER ROLE ${reader.name} PASSWORD 'mine'; ALTER ROLE ${reader.name} SET default_transaction_read_only = off`,
  );
  const changed = await connect('mine');
  expect(await rightsOf(changed, reader.name)).toEqual(EXPECTED);
  await prepareReaderRole(admin, reader);
  await expect(connect('mine')).rejects.toThrow(/password authentication failed/);
  const { rows } = await (await connect()).query('SHOW default_transaction_read_only');
  expect(rows).toEqual([{ default_transaction_read_only: 'on' }]);
});
