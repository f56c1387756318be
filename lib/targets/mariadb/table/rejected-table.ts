import { isRejectedSql, keySql } from '#lib/reload/parse/sql/rejected-key-sql.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { requireTableOfMethod } from '#lib/targets/database/found-table.ts';
import type { Loading } from '#lib/targets/mariadb/full-load/loading.ts';
import { COLLATION } from '#lib/targets/mariadb/server.ts';
import { CSV_OPTIONS } from '#lib/targets/mariadb/session.ts';
import { REJECTED_COLUMNS, rejectedNote, selectRejected } from '#lib/targets/rejected-rows.ts';
import { findTable } from './landed-table.ts';
import { quote } from './names.ts';
import { rejectedTableSql } from './table-ddl.ts';

async function findOurs({ session, names, options }: Loading): Promise<boolean> {
  const name = `${names.table}__rejected`;
  const found = await findTable(session, name);
  if (found === null) return false;
  if ((options.rejected ?? null) !== null) requireTableOfMethod(name, found, REJECTED_COLUMNS);
  return REJECTED_COLUMNS.every((column) => found.columns.has(column));
}

/** Before the publishing transaction: makes `<table>__rejected` where this run set rows aside. @throws AppError `table-not-ours` */
export async function prepareRejected(loading: Loading): Promise<void> {
  const { session, names, options } = loading;
  if (!(await findOurs(loading)) && (options.rejected ?? null) !== null) await session.run(rejectedTableSql(names.rejected));
}

/** Within the publishing transaction: `<table>__rejected` holds the rows that this run set aside, and no others. Answers notes. */
export async function replaceRejected(loading: Loading): Promise<readonly string[]> {
  const { session, names, options } = loading;
  if (await findOurs(loading)) await session.run(`DELETE FROM ${names.rejected}`);
  return (options.rejected ?? null) === null ? [] : loadRejected(loading, names.rejected);
}

export interface RejectedBeside {
  /** There is one that is landed, ours. */
  readonly exists: boolean;
  /** One was made beside it. */
  readonly loaded: boolean;
  readonly notes: readonly string[];
}

/** The same in a table of that name, unquoted, which a rename puts in the place of the landed one. */
export async function loadRejectedBeside(loading: Loading, name: string): Promise<RejectedBeside> {
  const exists = await findOurs(loading);
  const some = (loading.options.rejected ?? null) !== null;
  if (!exists && !some) return { exists, loaded: false, notes: [] };
  await loading.session.run(rejectedTableSql(quote(name)));
  return { exists, loaded: true, notes: some ? await loadRejected(loading, quote(name)) : [] };
}

async function loadRejected({ session, stage, options, names }: Loading, table: string): Promise<readonly string[]> {
  const { plan, runId, rejected = null } = options;
  if (rejected === null) return [];
  const file = stage.scratchFile('rejected.csv');
  const rows = `SELECT * REPLACE (CAST(hdr__read_at AS TIMESTAMP) AS hdr__read_at) FROM (${selectRejected(plan, runId)})`;
  await stage.run(`COPY (${rows}) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  await session.load(table, `(${REJECTED_COLUMNS.join(', ')})`, file);
  return [rejectedNote(rejected, `the table ${names.table}__rejected`)];
}

/** The keys of the rows that were set aside into a table of the session, for `isRejectedRowSql`. */
export async function loadRejectedKeys({ session, stage, options, names }: Loading): Promise<void> {
  const { plan, rejected = null } = options;
  if (rejected === null || plan.key.length === 0) return;
  const file = stage.scratchFile('rejected-keys.csv');
  await stage.run(`COPY (SELECT DISTINCT ${plan.key.map(keySql).join(', ')} FROM rejected) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  const table = names.temporary('rejected');
  const columns = plan.key.map((name) => `${quote(name)} varchar(255) CHARACTER SET utf8mb4 COLLATE ${COLLATION}`).join(', ');
  await session.run(`DROP TEMPORARY TABLE IF EXISTS ${table}`);
  await session.run(`CREATE TEMPORARY TABLE ${table} (${columns})`);
  await session.load(table, `(${plan.key.map(quote).join(', ')})`, file);
}

/** SQL of the condition that a landed row, under the alias `row`, has the key of a row that was set aside. */
export function isRejectedRowSql({ options, names }: Pick<Loading, 'options' | 'names'>, row: string): string {
  const { plan, rejected = null } = options;
  const value = (name: string): string => `CONVERT(${row}.${quote(name)} USING utf8mb4) COLLATE ${COLLATION}`;
  const keys = { name: names.temporary('rejected'), keySql: quote };
  return isRejectedSql({ key: plan.key, keyColumns: rejected?.keyColumns ?? [] }, value, keys);
}
