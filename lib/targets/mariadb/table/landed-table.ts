import { AppError } from '#lib/platform/errors.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { MariadbSession } from '#lib/targets/mariadb/session.ts';
import { literal, quote } from './names.ts';
import { columnType, definition, fitsType } from './types.ts';

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
export function checkOurs(table: string, found: FoundTable, marks: readonly string[]): void {
  if (marks.every((mark) => found.columns.has(mark))) return;
  throw new AppError({
    code: 'table-not-ours',
    title: `There is a table ${table} that this update method did not make.`,
    detail: `It lacks ${marks.filter((mark) => !found.columns.has(mark)).join(', ')}.`,
    remedy: 'Choose another schema in the task, or drop or rename that table. Nothing was changed.',
    fixer: 'you',
  });
}

/** The data columns of a landed table, those that are not read any more included. */
export function dataColumns(types: ReadonlyMap<string, string>): readonly string[] {
  return [...types.keys()].filter((name) => !name.startsWith('hdr__'));
}

/** What has to be altered before rows of `columns` fit into the table that is there. */
export interface Drift {
  readonly alter: readonly string[];
  readonly notes: readonly string[];
}

/**
 * New columns are added; lost ones are kept and stay as they are; a retyped one is widened when nothing can get lost by it.
 * @param table unquoted
 * @throws AppError `column-retyped` when it can't be widened.
 */
export function planDrift(plan: DatasetPlan, found: FoundTable, table: string): Drift {
  const alter: string[] = [];
  const notes: string[] = [];
  for (const column of plan.columns) {
    const wanted = columnType(column, plan.key);
    const there = found.columns.get(column.name);
    if (there === undefined) {
      alter.push(`ALTER TABLE ${quote(table)} ADD COLUMN ${definition(column.name, wanted)}`);
      notes.push(`Column ${column.name} (${wanted}) is new and was added.`);
    } else if (!fitsType(wanted, there)) {
      if (!fitsType(there, wanted)) throw retyped(table, column.name, there, wanted);
      alter.push(`ALTER TABLE ${quote(table)} MODIFY COLUMN ${definition(column.name, wanted)}`);
      notes.push(`Column ${column.name} was widened from ${there} to ${wanted}.`);
    }
  }
  const known = new Set(plan.columns.map((column) => column.name));
  for (const name of found.columns.keys()) {
    if (known.has(name) || name.startsWith('hdr__')) continue;
    notes.push(`Column ${name} is no longer read: it is kept, and null in new rows.`);
  }
  return { alter, notes };
}

export function retyped(table: string, column: string, from: string, to: string): AppError {
  return new AppError({
    code: 'column-retyped',
    title: `Column ${column} of ${table} is ${from} and would have to become ${to}.`,
    remedy: `Rename the column on the connection metadata page, or drop the table ${table} to start anew. Nothing was changed.`,
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
