import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import { isDatabaseAway, isRolledBack } from './database-away.ts';
import { openDb, openRetryingDb } from './db.ts';

/** Ends every session of the database but its own. */
async function terminator(url: string): Promise<() => Promise<unknown>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return () =>
    client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('no error'),
    (error: unknown) => error,
  );

it('a worker does not notice that its connections were ended, idle ones or those in the middle of a query', async () => {
  const { url } = await createTestDatabase();
  const db = openRetryingDb(url, 3);
  onTestFinished(() => db.$disconnect());
  const terminate = await terminator(url);
  await db.run.count();
  await terminate();
  expect(await Promise.all([db.run.count(), db.task.count(), db.run.count()])).toEqual([0, 0, 0]);
  // Waits for a lock that the test holds, so that it is known to be in the middle.
  const holder = new pg.Client({ connectionString: url });
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE runs');
  // A query of Prisma begins when somebody waits for it.
  const counting = db.run.count().then((count) => count);
  for (let waiting = 0; waiting === 0; ) {
    const { rows } = await holder.query(
      'SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())',
    );
    waiting = rows.length;
  }
  await terminate();
  expect(await counting).toBe(0);
});

it('a transaction whose connection was ended fails at once with an error that says so', async () => {
  const { url } = await createTestDatabase();
  const db = openRetryingDb(url, 3);
  onTestFinished(() => db.$disconnect());
  const terminate = await terminator(url);
  const from = performance.now();
  const lost = db.$transaction(async (tx) => {
    await tx.run.count();
    await terminate();
    await tx.run.count();
  });
  expect(isDatabaseAway(await errorOf(lost))).toBe(true);
  expect(performance.now() - from).toBeLessThan(5000);
  expect(await db.run.count()).toBe(0);
});

it('says so, too, when the connection is ended during its commit', async () => {
  const { db } = await createTestDatabase();
  await db.$executeRaw`CREATE TABLE deadly (id int)`;
  await db.$executeRaw`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`;
  await db.$executeRaw`CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON deadly DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`;
  const error = await errorOf(db.$transaction((tx) => tx.$executeRaw`INSERT INTO deadly VALUES (1)`));
  expect([isDatabaseAway(error), isRolledBack(error)]).toEqual([true, false]);
});

it('distinguishes a database that is away from one that refuses', async () => {
  const { db, url } = await createTestDatabase();
  const nowhere = new URL(url);
  nowhere.port = '1';
  const gone = openDb(nowhere.toString(), 1);
  onTestFinished(() => gone.$disconnect());
  expect(isDatabaseAway(await errorOf(gone.run.count()))).toBe(true);
  expect(isDatabaseAway(await errorOf(db.$queryRaw`SELECT nonsense`))).toBe(false);
  expect(isDatabaseAway(await errorOf(db.run.findUniqueOrThrow({ where: { id: 'none' } })))).toBe(false);
});
