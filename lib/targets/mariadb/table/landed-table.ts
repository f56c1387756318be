import type { FoundTable } from '#lib/targets/database/found-table.ts';
import type { MariadbSession } from '#lib/targets/mariadb/session.ts';
import { literal, quote } from './names.ts';

/** The table of that name, unquoted. Types are as `columnType` writes them. */
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
