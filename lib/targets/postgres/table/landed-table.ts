import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { sideTableName } from '#lib/domain/task/side-tables.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { FoundTable as DatabaseTable } from '#lib/targets/database/found-table.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { POSTGRES_TYPE } from './types.ts';

/** Schema of tables that are being loaded and of the record of publishes. */
export const STAGING_SCHEMA = 'entrada_staging';
/** Role that reads landed tables; `entrada start` creates it in the embedded server. */
export const READER_ROLE = 'entrada_reader';

/** Column of a table with soft delete: when the row was found to be gone from the source; null: it is there. */
export const DELETED_AT = 'hdr__deleted_at';

export const quote = pg.escapeIdentifier;

/** `"schema"."table"` */
export function qualified(schema: string, table: string): string {
  return `${quote(schema)}.${quote(table)}`;
}

export type StagingSuffix = 'new' | 'early' | 'changed' | 'deleted' | 'updates';

/** Names of all tables that belong to one landed table, quoted and qualified. */
export interface TableNames {
  readonly schema: string;
  readonly live: string;
  readonly changes: string;
  readonly history: string;
  /** View of the versions that hold now. */
  readonly current: string;
  /** In the staging schema: one per landed table, so that the next run finds the tables of a dead one. */
  staging(suffix: StagingSuffix): string;
  /** Like `staging`, without schema, unquoted. */
  stagingName(suffix: StagingSuffix): string;
}

export function namesOf(plan: DatasetPlan): TableNames {
  const { namespace, table } = plan;
  const digest = createHash('sha256')
    .update(JSON.stringify([namespace, table]))
    .digest('hex')
    .slice(0, 24);
  const stagingName = (suffix: string): string => `s_${digest}_${suffix}`;
  return {
    schema: quote(namespace),
    live: qualified(namespace, table),
    changes: qualified(namespace, sideTableName(table, '__ct')),
    history: qualified(namespace, sideTableName(table, '__history')),
    current: qualified(namespace, sideTableName(table, '__current')),
    staging: (suffix) => qualified(STAGING_SCHEMA, stagingName(suffix)),
    stagingName,
  };
}

/** `schema.table`, to show. */
export function labelOf({ namespace, table }: Pick<DatasetPlan, 'namespace' | 'table'>): string {
  return `${namespace}.${table}`;
}

/** `"name" type` of the data columns. */
export function columnDefinitions(columns: readonly Column[]): string[] {
  return columns.map((column) => `${quote(column.name)} ${POSTGRES_TYPE[column.type]}`);
}

export interface FoundTable extends DatabaseTable {
  readonly primaryKeyName: string | null;
  readonly isView: boolean;
}

/** Types are in the form of `format_type`. */
export async function findTable(session: LandingSession, schema: string, table: string): Promise<FoundTable | null> {
  const { rows } = await session.query<{
    name: string;
    type: string;
    position: number | null;
    key: string | null;
    view: boolean;
  }>(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, array_position(i.indkey::int2[], a.attnum) AS position, k.relname AS key, c.relkind = 'v' AS view
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary LEFT JOIN pg_class k ON k.oid = i.indexrelid
     WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY a.attnum`,
    [schema, table],
  );
  if (rows.length === 0) return null;
  const inKey = rows.filter((row) => row.position !== null).sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  return {
    columns: new Map(rows.map((row) => [row.name, row.type])),
    primaryKey: inKey.map((row) => row.name),
    primaryKeyName: rows[0]?.key ?? null,
    isView: rows[0]?.view ?? false,
  };
}

/** Whether there is a table of this name. @param table quoted and qualified */
export async function tableExists(session: LandingSession, table: string): Promise<boolean> {
  const { rows } = await session.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
  return rows[0]?.there === true;
}

/** The rows of a landed table that the source had when they were read last, as a FROM item with the alias `entrada__t`. */
export function rowsNotDeletedSql({ live }: Pick<TableNames, 'live'>, { columns }: Pick<FoundTable, 'columns'>): string {
  return columns.has(DELETED_AT) ? `(SELECT * FROM ${live} WHERE ${DELETED_AT} IS NULL) entrada__t` : `${live} entrada__t`;
}

/** Creates the staging schema and the record of publishes. Outside of the publishing transaction: two runs may call it at the same time. */
export async function ensureStagingSchema(session: LandingSession): Promise<void> {
  // Checks the newest column: tables of earlier versions lack it, or name it `mark`.
  const { rows } = await session.query<{ ready: boolean }>(
    "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'delta_token') AS ready",
    [`${STAGING_SCHEMA}.published`],
  );
  if (rows[0]?.ready === true) return;
  // A role that may not create schemas is refused by IF NOT EXISTS too, where the schema is there.
  const { rows: there } = await session.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [STAGING_SCHEMA]);
  const create = there.length > 0 ? '' : `CREATE SCHEMA IF NOT EXISTS ${STAGING_SCHEMA};`;
  // IF NOT EXISTS alone fails when two sessions create it concurrently: the lock serialises them.
  await session.run(`BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('entrada staging schema', 0));
    ${create}
    CREATE TABLE IF NOT EXISTS ${STAGING_SCHEMA}.published (
      run_id text NOT NULL, schema_name text NOT NULL, dataset text NOT NULL, counts jsonb NOT NULL,
      published_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run_id, schema_name, dataset));
    DO $$ BEGIN
      IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = '${STAGING_SCHEMA}.published'::regclass AND attname = 'mark') THEN
        ALTER TABLE ${STAGING_SCHEMA}.published RENAME COLUMN mark TO delta_token;
      END IF;
    END $$;
    ALTER TABLE ${STAGING_SCHEMA}.published ADD COLUMN IF NOT EXISTS delta_token text, ADD COLUMN IF NOT EXISTS signature text,
      ADD COLUMN IF NOT EXISTS landed_rows bigint, ADD COLUMN IF NOT EXISTS full_at timestamptz;
    COMMIT`);
}

/** Locks a table for one publishing run; the end of the session releases the lock. */
export async function lockTable(session: LandingSession, plan: Pick<DatasetPlan, 'namespace' | 'table'>): Promise<void> {
  await session.query('SELECT pg_advisory_lock(hashtextextended($1, 1))', [`${plan.namespace}.${plan.table}`]);
}

/**
 * Creates the schema of the landed tables, which the read-only role may use. In its own transaction before the publishing one: otherwise the publish
 * of a second
 * dataset would wait for the first.
 */
export async function ensureSchema(session: LandingSession, { namespace }: DatasetPlan): Promise<void> {
  const { rows } = await session.query<{ readable: boolean }>(
    `SELECT COALESCE((SELECT has_schema_privilege(oid, n.oid, 'USAGE') FROM pg_roles WHERE rolname = $2), true) AS readable
     FROM pg_namespace n WHERE nspname = $1`,
    [namespace, READER_ROLE],
  );
  if (rows[0]?.readable === true) return;
  const create = rows.length === 0 ? `CREATE SCHEMA IF NOT EXISTS ${quote(namespace)};` : '';
  const grant = (await hasReader(session)) ? `GRANT USAGE ON SCHEMA ${quote(namespace)} TO ${READER_ROLE};` : '';
  // Concurrent statements would fail on the schema's catalogue row.
  await session.run(
    `BEGIN; SELECT pg_advisory_xact_lock(hashtextextended(${pg.escapeLiteral(namespace)}, 2)); ${create} ${grant} COMMIT`,
  );
}

/** Lets the read-only role, where there is one, read a new table. */
export async function grantToReader(session: LandingSession, table: string): Promise<void> {
  if (await hasReader(session)) await session.run(`GRANT SELECT ON ${table} TO ${READER_ROLE}`);
}

async function hasReader(session: LandingSession): Promise<boolean> {
  return (await session.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [READER_ROLE])).rows.length > 0;
}
