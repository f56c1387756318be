import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../testing/database.ts';
import { transferDatabaseOwnership } from './owner-role.ts';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

test('a database of the superuser becomes that of a plain role with all that is in it, and goes on under migrations and writes', async () => {
  const { url } = await createTestDatabase();
  const name = `owner_${randomBytes(4).toString('hex')}`;
  onTestFinished(async () => {
    await query(url, `REASSIGN OWNED BY ${name} TO CURRENT_USER; DROP OWNED BY ${name}`);
    await query(inject('adminUrl'), `DROP ROLE ${name}`);
  });
  await query(
    url,
    `CREATE SCHEMA hr; CREATE TABLE hr.users (n serial, hdr__run_id text); CREATE VIEW hr.v AS SELECT n FROM hr.users;
     CREATE FUNCTION hr.one() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  );
  await transferDatabaseOwnership(url, { name, password: 'first' });
  const own = await transferDatabaseOwnership(url, { name, password: 'second' });
  await query(
    own,
    `ALTER TABLE users ADD COLUMN more text; ALTER TYPE "RunState" ADD VALUE 'more'; ALTER TABLE hr.users ADD COLUMN more text;
     CREATE OR REPLACE FUNCTION hr.one() RETURNS int LANGUAGE sql AS 'SELECT 2'; INSERT INTO hr.users DEFAULT VALUES; DROP VIEW hr.v; CREATE SCHEMA it`,
  );
  expect(await query(own, 'SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user')).toEqual([
    { rolsuper: false, rolcreaterole: false, rolcreatedb: false },
  ]);
});
