import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { serverOfUrl } from '#lib/targets/postgres/server.ts';
import { readTableRows } from './read-rows.ts';

test("a table that Entrada did not land is never shown, not even the application's own in a task of an earlier version", async () => {
  const { url, db } = await createTestDatabase();
  await db.user.create({ data: { id: 'user_1', email: 'ada@contoso.test', passwordHash: 'scrypt$secret' } });
  const read = (schema: string) => {
    const dataset = fakeDataset({ id: 'string', email: 'string' });
    return readTableRows(serverOfUrl(url), schema, dataset, { offset: 0, limit: 10 });
  };
  await expect(read('public')).rejects.toMatchObject({ code: 'not-landed-yet' });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "CREATE SCHEMA hr; CREATE TABLE hr.users (id text, hdr__run_id text); INSERT INTO hr.users VALUES ('1', 'run_1')",
  );
  await client.end();
  expect(await read('hr')).toMatchObject({ total: 1 });
});
