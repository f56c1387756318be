import { isLog, LOG_ROWS_STAY } from '#lib/domain/dataset/log-dataset.ts';
import type { LandingSettings } from '#lib/domain/task/task.ts';
import { notReadOf, type Published, type PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { checkLoadable } from '#lib/targets/postgres/full-load/carry-over.ts';
import { rejectedName, rejectedNote, selectRejected } from '#lib/targets/rejected-rows.ts';

/** Table of what each run published: repeats the result of a run that died before its report. */
const PUBLISHED = 'entrada_published';

export interface Loading {
  /** Database name of the attached copy. */
  readonly database: string;
  readonly stage: StagedRows;
  readonly options: PublishOptions;
}

/** What this run published into a table before; null: nothing. */
export async function findPublished(
  stage: Pick<StagedRows, 'query'>,
  database: string,
  table: string,
  runId: string,
): Promise<Published | null> {
  const known = await stage.query(
    `SELECT 1 FROM duckdb_tables() WHERE database_name = ${sqlText(database)} AND table_name = ${sqlText(PUBLISHED)}`,
  );
  if (known.length === 0) return null;
  const [row] = await stage.query(
    `SELECT published FROM ${database}.${PUBLISHED} WHERE table_name = ${sqlText(table)} AND run_id = ${sqlText(runId)}`,
  );
  return row === undefined ? null : (JSON.parse(String(row[0])) as Published);
}

/** Loads the staged rows into the table of the attached copy, according to the task's setting. */
export async function loadTable(loading: Loading, how: LandingSettings['whenTableExists']): Promise<Published> {
  const { database, stage, options } = loading;
  const { plan } = options;
  checkLoadable(options, how !== 'append');
  const before = await columnsOf(stage, database, plan.table);
  const table = `${database}.main.${sqlName(plan.table)}`;
  const staged = selectStaged(options);
  const notes: string[] = [];
  const drops: string[] = [];
  let deleted = 0;
  if (before.size > 0 && how === 'append') {
    for (const { name, sql } of newColumns(options, before)) await stage.run(`ALTER TABLE ${table} ADD COLUMN ${name} ${sql}`);
    await stage.run(`INSERT INTO ${table} BY NAME ${staged}`);
  } else {
    const landed = before.size === 0 ? null : `${database}.main.${sqlName('entrada_landed')}`;
    const setAside = landed === null ? '' : `ALTER TABLE ${table} RENAME TO entrada_landed; `;
    await stage.run(`${setAside}CREATE TABLE ${table} AS ${withUnread(loading, staged, { landed, columns: before })}`);
    const kept = landed === null ? 0 : await keepRows(loading, { table, landed });
    deleted = landed === null ? 0 : (await countRows(stage, landed)) - kept;
    if (landed !== null) drops.push(`DROP TABLE ${landed};`);
    if (isLog(plan.dataset)) notes.push(LOG_ROWS_STAY);
    else if (kept > 0) notes.push(`${kept} landed rows stay, since not all of the source could be read.`);
  }
  const rejected = rejectedSql(loading);
  notes.push(...rejected.notes);
  const published: Published = { inserted: stage.rows, updated: 0, deleted, unchanged: 0, notes, ...notReadOf(options) };
  await stage.run(`${drops.join(' ')} ${rejected.sql}; ${recordSql(loading, published)}`);
  return published;
}

function selectStaged({ plan, now, runId }: PublishOptions): string {
  const columns = plan.columns.map(({ name, type }) =>
    type === 'json' ? `${sqlName(name)}::JSON AS ${sqlName(name)}` : sqlName(name),
  );
  return `SELECT ${columns.join(', ')}, ${sqlText(now.toISOString())}::TIMESTAMPTZ AS hdr__loaded_at, ${sqlText(runId)} AS hdr__run_id FROM staged`;
}

/** Keeps landed values of unread columns, matched by key. */
function withUnread(
  { options }: Loading,
  staged: string,
  { landed, columns }: { readonly landed: string | null; readonly columns: ReadonlyMap<string, string> },
): string {
  const { plan, unread } = options;
  const values = unread.filter(({ name }) => columns.has(name)).map(({ name }) => `o.${sqlName(name)}`);
  if (landed === null || values.length === 0 || plan.key.length === 0) return staged;
  return `SELECT s.*, ${values.join(', ')} FROM (${staged}) s LEFT JOIN ${landed} o ON ${sameKey(plan.key, 's', 'o')}`;
}

function sameKey(key: readonly string[], one: string, other: string): string {
  return key.map((name) => `${one}.${sqlName(name)} = ${other}.${sqlName(name)}`).join(' AND ');
}

/**
 * Keeps landed rows that the source did not prove to be deleted: rows of a log, and rows of unproven parents. With rejected
 * rows all landed rows are kept, since a rejected row may have no readable key.
 */
async function keepRows(
  { stage, options }: Loading,
  { table, landed }: { readonly table: string; readonly landed: string },
): Promise<number> {
  const { plan, unproven, rejected = null, keepsAbsent = false } = options;
  const keepsAll = isLog(plan.dataset) || rejected !== null || keepsAbsent;
  if (plan.key.length === 0 || (unproven === null && !keepsAll)) return 0;
  const of =
    keepsAll || unproven === null ? 'true' : `CAST(o.${sqlName(unproven.column)} AS VARCHAR) IN (SELECT id FROM unproven)`;
  const before = await countRows(stage, table);
  const names = (await stage.query(`SELECT column_name FROM (DESCRIBE ${table})`)).map(([name]) => String(name));
  const old = new Set((await stage.query(`SELECT column_name FROM (DESCRIBE ${landed})`)).map(([name]) => String(name)));
  const shared = names.filter((name) => old.has(name)).map((name) => `o.${sqlName(name)}`);
  await stage.run(
    `INSERT INTO ${table} BY NAME SELECT ${shared.join(', ')} FROM ${landed} o WHERE ${of} AND NOT EXISTS (SELECT 1 FROM ${table} n WHERE ${sameKey(plan.key, 'n', 'o')})`,
  );
  return (await countRows(stage, table)) - before;
}

function rejectedSql({ database, options }: Loading): { readonly sql: string; readonly notes: readonly string[] } {
  const { plan, runId, rejected = null } = options;
  const table = `${database}.main.${sqlName(rejectedName(plan))}`;
  if (rejected === null) return { sql: `DROP TABLE IF EXISTS ${table}`, notes: [] };
  const sql = `CREATE OR REPLACE TABLE ${table} AS ${selectRejected(plan, runId)}`;
  return { sql, notes: [rejectedNote(rejected, `the table ${rejectedName(plan)}`)] };
}

function recordSql({ database, options }: Loading, published: Published): string {
  const { plan, runId } = options;
  const [table, text] = [sqlText(plan.table), sqlText(JSON.stringify(published))];
  const records = `${database}.${PUBLISHED}`;
  return `CREATE TABLE IF NOT EXISTS ${records} (table_name VARCHAR, run_id VARCHAR, published VARCHAR);
    DELETE FROM ${records} WHERE table_name = ${table};
    INSERT INTO ${records} VALUES (${table}, ${sqlText(runId)}, ${text})`;
}

async function columnsOf(stage: StagedRows, database: string, table: string): Promise<ReadonlyMap<string, string>> {
  const rows = await stage.query(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = ${sqlText(database)} AND table_name = ${sqlText(table)}`,
  );
  return new Map(rows.map(([name, type]) => [String(name), String(type)]));
}

function newColumns({ plan }: PublishOptions, before: ReadonlyMap<string, string>) {
  return plan.columns
    .filter(({ name }) => !before.has(name))
    .map(({ name, type }) => ({ name: sqlName(name), sql: DUCKDB_TYPE[type] }));
}

async function countRows(stage: StagedRows, table: string): Promise<number> {
  const [row] = await stage.query(`SELECT count(*) FROM ${table}`);
  return Number(row?.[0] ?? 0);
}

/** DuckDB type of each column type; decimals are text, which keeps every digit. */
export const DUCKDB_TYPE = {
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  int32: 'INTEGER',
  int64: 'BIGINT',
  double: 'DOUBLE',
  decimal: 'VARCHAR',
  dateTimeOffset: 'TIMESTAMPTZ',
  date: 'DATE',
  timeOfDay: 'TIME',
  duration: 'VARCHAR',
  guid: 'VARCHAR',
  binary: 'BLOB',
  json: 'JSON',
} as const;
