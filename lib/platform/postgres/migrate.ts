import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** Advisory lock of Prisma Migrate: two starters, or a starter and the CLI, never migrate at once. */
const LOCK = 72_707_369;

const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

/** A migration can't be applied; the message names it and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Record_ {
  readonly name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/**
 * Applies the new migrations of `dir` (Prisma's migrations folder), each in a transaction of its own, with the bookkeeping of
 * `prisma migrate deploy` (same table, checksum and lock), so that the Prisma CLI isn't needed at run time.
 * @param options.only applies these alone, as they were when a backup was made
 * @returns names of the migrations that were applied.
 * @throws MigrationError also when the database was made by a newer Entrada.
 */
export async function migrate(
  connectionString: string,
  dir: string,
  { only = null }: { readonly only?: readonly string[] | null } = {},
): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(TABLE);
    const { rows } = await client.query<Record_>(
      'SELECT migration_name AS name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
    );
    const names = readdirSync(dir)
      .filter((name) => existsSync(join(dir, name, 'migration.sql')))
      .sort();
    const failed = rows.find((row) => row.finished_at === null);
    if (failed !== undefined) {
      throw new MigrationError(
        `Migration ${failed.name} failed at an earlier start. Repair it, then: npm run db -- migrate resolve --rolled-back ${failed.name}`,
      );
    }
    const unknown = rows.find((row) => !names.includes(row.name));
    if (unknown !== undefined) {
      throw new MigrationError(
        `A newer version of Entrada created the database (this version does not have the migration ${unknown.name}). Start that version, or use another database.`,
      );
    }
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    const done: string[] = [];
    for (const name of names) {
      const sql = readFileSync(join(dir, name, 'migration.sql'), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      if (!applied.has(name) && (only?.includes(name) ?? true)) {
        await apply(client, name, sql, checksum);
        done.push(name);
      }
    }
    return done;
  } finally {
    await client.end();
  }
}

async function apply(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  const id = randomUUID();
  await client.query('INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)', [id, checksum, name]);
  try {
    await client.query(`BEGIN;\n${sql}\n;COMMIT;`);
  } catch (cause) {
    await client.query('ROLLBACK');
    const message = cause instanceof Error ? cause.message : String(cause);
    await client.query('UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1', [id, message]);
    throw new MigrationError(`Migration ${name} failed: ${message}`, { cause });
  }
  await client.query('UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id]);
}
