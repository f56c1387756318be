import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { z } from 'zod';

/** What a dump of the schema `public` holds. The rows of each table are in `tables/<name>.copy.gz`: text of COPY, compressed. */
export const DumpManifest = z.object({
  /** Names of the migrations that the database had. */
  migrations: z.array(z.string()),
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.string()),
      rows: z.number(),
      /** SHA-256 of its file, hex. */
      sha256: z.string(),
    }),
  ),
  sequences: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type DumpManifest = z.infer<typeof DumpManifest>;

/** A dump can't be restored; the message says why and what to do. */
export class DumpError extends Error {
  override readonly name = 'DumpError';
}

const quote = (name: string) => pg.escapeIdentifier(name);

/**
 * Writes the rows of every table of the schema `public` to `dir`, all as of one moment: one transaction with REPEATABLE READ. The database may be in use.
 * @param options.without tables that are written without their rows
 */
export async function dumpTables(
  url: string,
  dir: string,
  options: { readonly without: readonly string[] },
): Promise<DumpManifest> {
  await mkdir(join(dir, 'tables'), { recursive: true, mode: 0o700 });
  return withClient(url, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows: migrations } = await client.query<{ name: string }>(
      'SELECT migration_name AS name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1',
    );
    const { rows: sequences } = await client.query<{ name: string; value: string }>(
      `SELECT sequencename AS name, last_value::text AS value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL`,
    );
    const tables: DumpManifest['tables'] = [];
    for (const [name, columns] of await columnsOf(client)) {
      if (options.without.includes(name)) continue;
      const file = fileOf(dir, name);
      const copy = client.query(copyTo(`COPY ${quote(name)} (${columns.map(quote).join(', ')}) TO STDOUT`));
      await pipeline(copy, createGzip(), createWriteStream(file, { mode: 0o600 }));
      tables.push({ name, columns, rows: copy.rowCount ?? 0, sha256: await digestOf(file) });
    }
    await client.query('COMMIT');
    return { migrations: migrations.map(({ name }) => name), tables, sequences };
  });
}

/**
 * Fills the empty tables of the schema `public` with the rows of a dump, in one transaction. The database has exactly the migrations of the dump. Foreign keys are
 * taken away meanwhile and checked when they come back.
 * @throws DumpError when a file is not the one that was written
 */
export async function restoreTables(url: string, dir: string, manifest: DumpManifest): Promise<void> {
  for (const { name, sha256 } of manifest.tables) {
    const found = await digestOf(fileOf(dir, name)).catch(() => null);
    if (found !== sha256) throw new DumpError(`The file of the table ${name} is damaged or missing. Use another backup.`);
  }
  await withClient(url, async (client) => {
    await client.query('BEGIN');
    const keys = await foreignKeysOf(client);
    for (const { table, name } of keys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${quote(name)}`);
    for (const { name, columns } of manifest.tables) {
      // A migration may have put rows there.
      await client.query(`DELETE FROM ${quote(name)}`);
      const copy = client.query(copyFrom(`COPY ${quote(name)} (${columns.map(quote).join(', ')}) FROM STDIN`));
      await pipeline(createReadStream(fileOf(dir, name)), createGunzip(), copy);
    }
    for (const { table, name, definition } of keys) {
      await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${quote(name)} ${definition}`);
    }
    for (const { name, value } of manifest.sequences) {
      await client.query('SELECT setval($1::regclass, $2::bigint)', [`public.${quote(name)}`, value]);
    }
    await client.query('COMMIT');
  });
}

const fileOf = (dir: string, table: string) => join(dir, 'tables', `${table}.copy.gz`);

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The tables with their columns; columns that the database computes are left out, and so is the list of migrations. */
async function columnsOf(client: pg.Client): Promise<ReadonlyMap<string, string[]>> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations'
       AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     GROUP BY c.relname ORDER BY c.relname`,
  );
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

interface ForeignKey {
  /** Quoted where it must be. */
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

async function foreignKeysOf(client: pg.Client): Promise<readonly ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `SELECT conrelid::regclass::text AS "table", conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0`,
  );
  return rows;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
