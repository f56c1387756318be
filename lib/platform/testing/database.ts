import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { type Db, openDb } from '#lib/platform/postgres/db.ts';

export interface TestDatabase {
  readonly db: Db;
  readonly url: string;
}

/**
 * A database of the calling test's own, with the migrated schema, gone when the test ends. A whole database rather than a schema:
 * the queue and the landing tables, which have schemas of their own, are then the test's own too.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = await createDatabase('entrada_template');
  const db = openDb(url, 5);
  onTestFinished(() => db.$disconnect());
  return { db, url };
}

/** An empty database of the calling test's own, e.g. as a landing database; returns its connection string. */
export async function createEmptyDatabase(): Promise<string> {
  return createDatabase('template0');
}

/** A database of all tests of a file, theirs to drop: empty, to be copied by each, or with the migrated schema. */
export async function createSharedDatabase(
  content: 'empty' | 'migrated' = 'empty',
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  return makeDatabase(content === 'empty' ? 'template0' : 'entrada_template');
}

/** A copy of a database that nobody is connected to, of the calling test's own; returns its connection string. */
export async function copyDatabase(url: string): Promise<string> {
  return createDatabase(new URL(url).pathname.slice(1));
}

async function createDatabase(template: string): Promise<string> {
  const { url, drop } = await makeDatabase(template);
  onTestFinished(drop);
  return url;
}

async function makeDatabase(template: string) {
  const adminUrl = inject('adminUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  // Before 15 there is no other way.
  const strategy = inject('postgresMajor') < 15 ? '' : 'STRATEGY FILE_COPY';
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template} ${strategy}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => dropDatabase(adminUrl, name) };
}

async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  if (inject('postgresMajor') >= 13) return asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  for (let attempt = 1; ; attempt++) {
    await asAdmin(adminUrl, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    try {
      return await asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name}`);
    } catch (error) {
      // A terminated session may stay connected for some milliseconds.
      if (attempt === 50) throw error;
    }
  }
}

async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
