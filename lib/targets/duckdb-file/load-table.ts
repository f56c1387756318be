import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { isLogDataset, LOG_ROWS_STAY } from '#lib/domain/dataset/log-dataset.ts';
import type { LandingSettings } from '#lib/domain/task/task.ts';
import { type RecordedColumn, recordOf } from '#lib/reload/engine/drift/landed-table.ts';
import { notReadOf, type Published, type PublishOptions, type StagedEvents } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { checkLoadable } from '#lib/targets/database/check-loadable.ts';
import { rejectedName, rejectedNote, selectRejected } from '#lib/targets/rejected-rows.ts';
import { keepEvents, mergeEvents } from './merge-events.ts';

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
  if (!(await hasRecords(stage, database))) return null;
  const [row] = await stage.query(
    `SELECT published FROM ${database}.${PUBLISHED} WHERE table_name = ${sqlText(table)} AND run_id = ${sqlText(runId)}`,
  );
  return row === undefined ? null : (JSON.parse(String(row[0])) as Published);
}

/** Data types of the columns of a table, and what was recorded with the last publish into it. */
export async function findColumns(
  stage: Pick<StagedRows, 'query'>,
  database: string,
  table: string,
): Promise<{
  readonly types: ReadonlyMap<string, string>;
  readonly records: readonly RecordedColumn[];
  readonly unread: readonly string[];
}> {
  const types = await columnsOf(stage, database, table);
  if (!(await hasRecords(stage, database))) return { types, records: [], unread: [] };
  const [row] = await stage.query(`SELECT published FROM ${database}.${PUBLISHED} WHERE table_name = ${sqlText(table)}`);
  const { columns = [], unread = [] } = (row === undefined ? {} : JSON.parse(String(row[0]))) as Recorded;
  return { types, records: columns, unread: unread.map(({ name }) => name) };
}

/** A record of an earlier version has no columns. */
type Recorded = Partial<Published> & { readonly columns?: readonly RecordedColumn[] };

async function hasRecords(stage: Pick<StagedRows, 'query'>, database: string): Promise<boolean> {
  const known = await stage.query(
    `SELECT 1 FROM duckdb_tables() WHERE database_name = ${sqlText(database)} AND table_name = ${sqlText(PUBLISHED)}`,
  );
  return known.length > 0;
}

/** Loads the staged rows into the table of the attached copy, according to the task's setting. */
export async function loadTable(loading: Loading, how: LandingSettings['whenTableExists']): Promise<Published> {
  const { database, stage, options } = loading;
  const { plan, events = null } = options;
  if (events !== null) return loadEvents(loading, events);
  checkLoadable(options, how !== 'append');
  const { types: before, records } = await findColumns(stage, database, plan.table);
  const table = `${database}.main.${sqlName(plan.table)}`;
  const staged = selectStaged(options);
  const notes: string[] = [];
  const drops: string[] = [];
  let deleted = 0;
  if (before.size > 0 && how === 'append') {
    await fitColumns(loading, table, before);
    await stage.run(`INSERT INTO ${table} BY NAME ${staged}`);
  } else {
    const landed = before.size === 0 ? null : `${database}.main.${sqlName('entrada_landed')}`;
    const setAside = landed === null ? '' : `ALTER TABLE ${table} RENAME TO entrada_landed; `;
    await stage.run(`${setAside}CREATE TABLE ${table} AS ${withUnread(loading, staged, { landed, columns: before })}`);
    if (landed !== null && how === 'truncate')
      for (const change of keptColumns(options, before)) await stage.run(`ALTER TABLE ${table} ${change}`);
    const kept = landed === null ? 0 : await keepRows(loading, { table, landed });
    deleted = landed === null ? 0 : (await countRows(stage, landed)) - kept;
    if (landed !== null) drops.push(`DROP TABLE ${landed};`);
    if (isLogDataset(plan.dataset)) notes.push(LOG_ROWS_STAY);
    else if (kept > 0) notes.push(`${kept} landed rows were kept, because Entrada could not read the whole source.`);
  }
  const rejected = rejectedSql(loading);
  notes.push(...rejected.notes);
  const published: Published = { inserted: stage.rows, updated: 0, deleted, unchanged: 0, notes, ...notReadOf(options) };
  const columns = recordOf(options, records, new Set(before.keys()));
  await stage.run(`${drops.join(' ')} ${rejected.sql}; ${recordSql(loading, { ...published, columns })}`);
  if (before.size > 0) await renameColumns(loading, table);
  return published;
}

/** Adds staged events to the table, independently of the task's setting for existing tables. */
async function loadEvents(loading: Loading, events: StagedEvents): Promise<Published> {
  const { database, stage, options } = loading;
  const { plan } = options;
  const { types: before, records } = await findColumns(stage, database, plan.table);
  const table = `${database}.main.${sqlName(plan.table)}`;
  const merge = { database, stage, plan, events, staged: selectStaged(options), hasRejected: options.rejected != null };
  let done = { inserted: stage.rows, updated: 0, deleted: 0, notes: [] as readonly string[] };
  if (before.size === 0) {
    await stage.run(`CREATE TABLE ${table} AS ${merge.staged}`);
    done = { ...done, ...(await keepEvents(merge)) };
  } else {
    await fitColumns(loading, table, before);
    done = await mergeEvents({ ...merge, types: await columnsOf(stage, database, plan.table) });
  }
  const rejected = rejectedSql(loading);
  const published: Published = {
    ...{ ...done, unchanged: stage.rows - done.inserted - done.updated, notes: [...done.notes, ...rejected.notes] },
    ...notReadOf(options),
  };
  const columns = recordOf(options, records, new Set(before.keys()));
  await stage.run(`${rejected.sql}; ${recordSql(loading, { ...published, columns })}`);
  if (before.size > 0) await renameColumns(loading, table);
  return published;
}

/** Gives a table to which rows are added the columns and types that were decided. */
async function fitColumns({ stage, options }: Loading, table: string, before: ReadonlyMap<string, string>): Promise<void> {
  for (const { name, sql } of newColumns(options, before)) await stage.run(`ALTER TABLE ${table} ADD COLUMN ${name} ${sql}`);
  for (const change of changedColumns(options)) await stage.run(`ALTER TABLE ${table} ${change}`);
}

async function renameColumns({ stage, options }: Loading, table: string): Promise<void> {
  for (const { action, from, column } of options.drift ?? [])
    if (action === 'renamed' && from !== null)
      await stage.run(`ALTER TABLE ${table} RENAME ${sqlName(from)} TO ${sqlName(column)}`);
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
  const keepsAll = isLogDataset(plan.dataset) || rejected !== null || keepsAbsent;
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

function recordSql({ database, options }: Loading, published: Recorded): string {
  const { plan, runId } = options;
  const [table, text] = [sqlText(plan.table), sqlText(JSON.stringify(published))];
  const records = `${database}.${PUBLISHED}`;
  return `CREATE TABLE IF NOT EXISTS ${records} (table_name VARCHAR, run_id VARCHAR, published VARCHAR);
    DELETE FROM ${records} WHERE table_name = ${table};
    INSERT INTO ${records} VALUES (${table}, ${sqlText(runId)}, ${text})`;
}

async function columnsOf(
  stage: Pick<StagedRows, 'query'>,
  database: string,
  table: string,
): Promise<ReadonlyMap<string, string>> {
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

/** What was decided of columns that the table has, for a table to which rows are added. */
function changedColumns({ plan, drift = [] }: PublishOptions): readonly string[] {
  const types = new Map(plan.columns.map(({ name, type }) => [name, DUCKDB_TYPE[type]]));
  return drift.flatMap(({ action, column }) => {
    if (action === 'dropped') return [`DROP COLUMN ${sqlName(column)}`];
    return action === 'widened' ? [`ALTER COLUMN ${sqlName(column)} TYPE ${types.get(column)}`] : [];
  });
}

/** What a table that was written anew lacks of the columns of the one that it replaces: columns that are kept, and wider types. */
function keptColumns({ plan, drift = [] }: PublishOptions, before: ReadonlyMap<string, string>): readonly string[] {
  const kept = drift.flatMap(({ action, column, from }) =>
    action === 'kept' ? [column] : action === 'added-beside' ? [from] : [],
  );
  const added = kept.flatMap((name) => (name === null ? [] : [`ADD COLUMN ${sqlName(name)} ${before.get(name)}`]));
  const wider = plan.columns.flatMap(({ name, type }) => {
    const [wanted, has] = [typeOf(type), before.get(name)];
    return has === undefined || has === wanted || !fitsType(wanted, has) ? [] : [`ALTER COLUMN ${sqlName(name)} TYPE ${has}`];
  });
  return [...added, ...wider];
}

/** Types that each type can become without loss, as DuckDB calls them. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  INTEGER: ['BIGINT', 'DOUBLE', 'VARCHAR'],
  BIGINT: ['VARCHAR'],
  DOUBLE: ['VARCHAR'],
  BOOLEAN: ['VARCHAR'],
  'TIMESTAMP WITH TIME ZONE': ['VARCHAR'],
  DATE: ['VARCHAR'],
  TIME: ['VARCHAR'],
  JSON: ['VARCHAR'],
};

/** Whether every value of type `from` is a value of type `to`. */
export function fitsType(from: string, to: string): boolean {
  return from === to || (WIDER[from]?.includes(to) ?? false);
}

/** The type as DuckDB answers it. */
export function typeOf(type: ColumnType): string {
  return type === 'dateTimeOffset' ? 'TIMESTAMP WITH TIME ZONE' : DUCKDB_TYPE[type];
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
