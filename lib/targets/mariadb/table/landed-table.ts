import { AppError } from '#lib/platform/errors.ts';
import type { MariadbSession } from '#lib/targets/mariadb/session.ts';
import { literal, quote } from './names.ts';

/** What is in the database under a table's name. */
export interface FoundTable {
  /** Type by column name, as `columnType` writes it. */
  readonly columns: ReadonlyMap<string, string>;
  /** Columns of the primary key, in order. */
  readonly primaryKey: readonly string[];
}

/** The table of that name, unquoted. */
export async function findTable(session: MariadbSession, table: string): Promise<FoundTable | null> {
  // Each query names schema and table by constants: otherwise MariaDB opens every table of the server (documentation, "Optimizing INFORMATION_SCHEMA").
  const columns = await session.query(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [table],
  );
  if (columns.length === 0) return null;
  const inKey = await session.query(
    `SELECT COLUMN_NAME AS name FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
    [table],
  );
  const checked = await session.query(
    `SELECT CONSTRAINT_NAME AS name FROM information_schema.CHECK_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = ? AND CHECK_CLAUSE LIKE 'json_valid(%'`,
    [table],
  );
  const json = new Set(checked.map(({ name }) => name));
  return {
    columns: new Map(columns.map(({ name, type }) => [String(name), json.has(name ?? null) ? 'json' : String(type)])),
    primaryKey: inKey.map(({ name }) => String(name)),
  };
}

/** A table that Entrada didn't make, or made by another update method, is never written to. */
export function requireTableOfMethod(table: string, found: FoundTable, headerColumns: readonly string[]): void {
  if (headerColumns.every((name) => found.columns.has(name))) return;
  throw new AppError({
    code: 'table-not-ours',
    title: `The table ${table} exists, but this update method did not create it.`,
    detail: `The table lacks ${headerColumns.filter((name) => !found.columns.has(name)).join(', ')}.`,
    remedy: 'Choose another schema in the task, or drop or rename this table. Nothing was changed.',
    fixer: 'you',
  });
}

/** The data columns of a landed table, those that are not read any more included. */
export function dataColumns(types: ReadonlyMap<string, string>): readonly string[] {
  return [...types.keys()].filter((name) => !name.startsWith('hdr__'));
}

export function retyped(table: string, column: string, from: string, to: string): AppError {
  return new AppError({
    code: 'column-retyped',
    title: `Column ${column} of ${table} has the type ${from}, and the dataset now has ${to}.`,
    remedy: `Rename the column on the connection metadata page, or drop the table ${table} to start again. Nothing was changed.`,
    fixer: 'you',
    field: column,
  });
}

/** Rows of a table, by its quoted name. */
export async function countRows(session: MariadbSession, table: string): Promise<number> {
  const [row] = await session.query(`SELECT COUNT(*) AS count FROM ${table}`);
  return Number(row?.['count'] ?? 0);
}

/** `a`.`x` = `b`.`x` of the key. */
export function sameKey(key: readonly string[], one: string, other: string): string {
  return key.map((name) => `${one}.${quote(name)} = ${other}.${quote(name)}`).join(' AND ');
}

/** ISO 8601 as a DATETIME(6) literal. */
export function timeLiteral(time: Date | string): string {
  return literal(new Date(time).toISOString().replace('T', ' ').replace('Z', ''));
}
