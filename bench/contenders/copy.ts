import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from, to } from 'pg-copy-streams';
import type { Contender, ContenderOptions } from './contender.ts';
import { SCHEMA } from './ours.ts';

const file = ({ dir }: ContenderOptions): string => join(dir, 'users.csv');

/** COPY of the landed rows, prepared as CSV, into an empty table with its key: the upper limit of a database with one client. */
export const plainCopy: Contender = {
  prepare: (options) =>
    withClient(options, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${SCHEMA}.users'::regclass AND attnum > 0 AND NOT attisdropped
         AND attname NOT LIKE 'hdr\\_\\_%' ORDER BY attnum`,
      );
      const columns = rows.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
      const source = client.query(to(`COPY (SELECT ${columns} FROM ${SCHEMA}.users) TO STDOUT (FORMAT csv)`));
      await pipeline(source, createWriteStream(file(options)));
      await client.query(`DROP TABLE IF EXISTS ${SCHEMA}.copied;
        CREATE TABLE ${SCHEMA}.copied AS SELECT ${columns} FROM ${SCHEMA}.users LIMIT 0; ALTER TABLE ${SCHEMA}.copied ADD PRIMARY KEY (id)`);
    }),
  run: (options) =>
    withClient(options, async (client) => {
      const sink = client.query(from(`COPY ${SCHEMA}.copied FROM STDIN (FORMAT csv)`));
      await pipeline(createReadStream(file(options), { highWaterMark: 1 << 20 }), sink);
      return sink.rowCount;
    }),
};

async function withClient<T>({ landingUrl }: ContenderOptions, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: landingUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
