import type { Column } from '#lib/domain/dataset/dataset.ts';
import { isLogDataset } from '#lib/domain/dataset/log-dataset.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { isRejectedSql } from '#lib/reload/parse/sql/rejected-key-sql.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { lakeExpression, tableType } from '#lib/targets/lake/types.ts';
import { rowHashSql } from '#lib/targets/row-hash.ts';

/** Local copies of the files of the table as it is, by their place in its manifest. */
export interface LandedTable {
  readonly files: readonly string[];
  /** By their names after the run. */
  readonly columns: readonly Pick<Column, 'name' | 'type'>[];
  /** New names of columns by those that they have in the files; missing: none is renamed. */
  readonly renames?: ReadonlyMap<string, string>;
}

export interface FoundChanges {
  readonly landed: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Landed rows that the stage lacks and that stay all the same. */
  readonly kept: number;
}

const WRITTEN = { format: 'parquet', compression: 'none', tables: 'delta' } as const;

/** A column as it is in the files of tables. */
export function writtenValueSql(column: Column): string {
  return lakeExpression(column, { ...WRITTEN, csv: NO_CSV });
}

/** No value, of the type that the column has in files. */
export function nullSql({ name, type }: Pick<Column, 'name' | 'type'>): string {
  return `CAST(NULL AS ${tableType(type)}) AS ${sqlName(name)}`;
}

const NO_CSV = { delimiter: ',', quote: '"', nullText: '', header: true, bom: false, formulaGuard: false } as const;

/** SQL of the landed rows of one file, or of all, with `entrada__file` (its place) and `entrada__row` (its number there). */
export function landedRowsSql(
  { files, renames = new Map() }: LandedTable,
  only: readonly number[] = files.map((_, index) => index),
): string {
  const some = only.map((index) => sqlText(files[index] ?? ''));
  const all = `[${files.map(sqlText).join(', ')}]`;
  const renamed = [...renames].map(([from, to]) => `${sqlName(from)} AS ${sqlName(to)}`);
  const rename = renamed.length === 0 ? '' : `RENAME (${renamed.join(', ')})`;
  return `SELECT * EXCLUDE (entrada__path, file_row_number) ${rename}, list_position(${all}, entrada__path) - 1 AS entrada__file,
    file_row_number AS entrada__row FROM read_parquet([${some.join(', ')}], union_by_name = true, hive_partitioning = false,
      filename = 'entrada__path', file_row_number = true)`;
}

/**
 * Compares the stage with the table by key, or without a key by the content of rows, as often as each occurs. Leaves two relations in the stage:
 * `entrada__diff` (`op` I, U or D; the place of the landed row) and `entrada__changed` (the staged rows of I and U as they go into files, with
 * the place of the landed row that they replace).
 */
export async function compareRows(stage: StagedRows, options: PublishOptions, table: LandedTable): Promise<FoundChanges> {
  const { plan } = options;
  const keys = keyNames(plan);
  await stage.run(`CREATE OR REPLACE TEMP TABLE entrada__landed AS ${landedKeys(plan, table)}`);
  const same = keys.map((key) => `s.${key} = l.${key}`).join(' AND ');
  await stage.run(`CREATE OR REPLACE TEMP TABLE entrada__diff AS
    SELECT ${keys.map((key) => `coalesce(s.${key}, l.${key}) AS ${key}`).join(', ')}, l.entrada__file, l.entrada__row,
      CASE WHEN l.entrada__file IS NULL THEN 'I' WHEN s.entrada__hash IS NULL THEN 'D' ELSE 'U' END AS op,
      CASE WHEN s.entrada__hash IS NULL THEN ${keptSql(options, table)} ELSE false END AS kept
    FROM (${stagedKeys(plan)}) s FULL OUTER JOIN entrada__landed l ON ${same}
    WHERE s.entrada__hash IS DISTINCT FROM l.entrada__hash`);
  const [row] =
    await stage.query(`SELECT (SELECT count(*) FROM entrada__landed), count(*) FILTER (op = 'I'), count(*) FILTER (op = 'U'),
    count(*) FILTER (op = 'D' AND NOT kept), count(*) FILTER (kept) FROM entrada__diff`);
  await stage.run('DELETE FROM entrada__diff WHERE kept');
  await stage.run(`CREATE OR REPLACE TEMP TABLE entrada__changed AS ${changedRows(plan)}`);
  const [landed = 0, inserted = 0, updated = 0, deleted = 0, kept = 0] = (row ?? []).map(Number);
  return { landed, inserted, updated, deleted, kept };
}

/** Both relations, and what was made for them. */
export async function dropComparison(stage: StagedRows): Promise<void> {
  for (const name of ['landed', 'diff', 'changed']) await stage.run(`DROP TABLE IF EXISTS entrada__${name}`);
}

/** Names of the columns by which rows are found: the key, or the content and how often it was met. */
function keyNames({ key }: DatasetPlan): readonly string[] {
  return key.length === 0 ? ['entrada__hash', 'entrada__copy'] : key.map((_, index) => `entrada__k${index}`);
}

const COPIES = 'row_number() OVER (PARTITION BY entrada__hash) AS entrada__copy';

/** The staged rows with their hash, and what finds them. */
function stagedRows(plan: DatasetPlan): string {
  const written = `SELECT ${plan.columns.map(writtenValueSql).join(', ')} FROM staged`;
  const keys = plan.key.map((name, index) => `${sqlName(name)} AS entrada__k${index}`);
  const rows = `SELECT *, ${[...keys, `${rowHashSql(plan.columns)} AS entrada__hash`].join(', ')} FROM (${written})`;
  return plan.key.length === 0 ? `SELECT *, ${COPIES} FROM (${rows})` : rows;
}

function stagedKeys(plan: DatasetPlan): string {
  const names = new Set([...keyNames(plan), 'entrada__hash']);
  return `SELECT ${[...names].join(', ')} FROM (${stagedRows(plan)})`;
}

function landedKeys(plan: DatasetPlan, table: LandedTable): string {
  const known = new Set(table.columns.map(({ name }) => name));
  const missing = plan.columns.filter(({ name }) => !known.has(name)).map(nullSql);
  const rows = `SELECT ${['*', ...missing].join(', ')} FROM (${landedRowsSql(table)})`;
  const keys = plan.key.map((name, index) => `${sqlName(name)} AS entrada__k${index}`);
  const parent = parentOf(plan, table);
  const columns = [
    ...keys,
    `${rowHashSql(plan.columns)} AS entrada__hash`,
    'entrada__file',
    'entrada__row',
    ...(parent === null ? [] : [`CAST(${sqlName(parent)} AS VARCHAR) AS entrada__parent`]),
  ];
  const hashed = `SELECT ${columns.join(', ')} FROM (${rows})`;
  return plan.key.length === 0 ? `SELECT *, ${COPIES} FROM (${hashed})` : hashed;
}

function changedRows(plan: DatasetPlan): string {
  const keys = keyNames(plan);
  const same = keys.map((key) => `s.${key} = d.${key}`).join(' AND ');
  const columns = plan.columns.map(({ name }) => `s.${sqlName(name)}`).join(', ');
  return `SELECT ${columns}, d.op AS entrada__op, d.entrada__file, d.entrada__row
    FROM (${stagedRows(plan)}) s JOIN (SELECT * FROM entrada__diff WHERE op <> 'D') d ON ${same}`;
}

/** Column with the parent of a row, where the landed rows have one. */
function parentOf({ dataset }: DatasetPlan, { columns }: LandedTable): string | null {
  const parent = dataset.parent?.column;
  return columns.some(({ name }) => name === parent) ? (parent ?? null) : null;
}

/** Whether a landed row `l` that the stage lacks stays. */
function keptSql({ plan, keepsAbsent = false, unproven, rejected = null }: PublishOptions, table: LandedTable): string {
  if (keepsAbsent || isLogDataset(plan.dataset)) return 'true';
  const isRejected = isRejectedSql(
    { key: plan.key, keyColumns: rejected?.keyColumns ?? [] },
    (name) => `CAST(l.entrada__k${plan.key.indexOf(name)} AS VARCHAR)`,
  );
  if (unproven === null) return isRejected;
  if (parentOf(plan, table) === null) return 'true';
  return `(${isRejected} OR l.entrada__parent IS NULL OR l.entrada__parent IN (SELECT id FROM unproven))`;
}
