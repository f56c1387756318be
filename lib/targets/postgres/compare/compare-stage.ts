import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { isRejectedSql } from '#lib/reload/parse/sql/rejected-key-sql.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { STAGE_TYPE } from '#lib/reload/parse/sql/value-sql.ts';
import { copyExpression } from '#lib/targets/postgres/table/types.ts';
import { rowHashSql } from '#lib/targets/row-hash.ts';

/** Differences between the stage and the landed table, as CSV files for COPY. */
export interface StageDiff {
  /** Number of landed rows before the publish. */
  readonly landed: number;
  readonly inserted: number;
  readonly deleted: number;
  /** Number of landed rows that the stage lacks and that are kept. */
  readonly kept: number;
  /** CSV: all columns, row hash, operation (`I` or `U`). */
  readonly changedFile: string;
  /** CSV. With a key: the keys. Without: row hash, number of surplus rows with it. */
  readonly deletedFile: string;
}

/**
 * Which landed rows are kept although the stage lacks them: none, all, those of the parents in the stage's table `unproven`, or those of events that
 * the stage has no item of.
 */
export type KeptRows = 'none' | 'all' | 'unproven' | 'unread-events';

export interface CompareOptions {
  /** CSV: key columns, row hash and parent (see {@link exportedParentColumn}); null: the table does not exist. */
  readonly landedFile: string | null;
  readonly keep: KeptRows;
  /** Sets of key columns that identify the landed rows of rejected rows (see StagedRejected); those rows are kept. */
  readonly rejected: readonly (readonly string[])[];
  /** How the files of the differences are written; left out: for COPY of PostgreSQL. */
  readonly csv?: CsvForm;
}

/** CSV files in the form that a database loads. */
export interface CsvForm {
  /** Options of DuckDB's COPY. */
  readonly options: string;
  /** SQL of the value of a staged column. */
  readonly value: (column: Column) => string;
}

/** Compares the stage with the landed rows. */
export async function compareStage(stage: StagedRows, plan: DatasetPlan, options: CompareOptions): Promise<StageDiff> {
  const keyed = plan.key.length > 0;
  const csv = options.csv ?? { options: CSV_OPTIONS, value: copyExpression };
  await loadLanded(stage, plan, options.landedFile);
  const changedFile = stage.scratchFile('changed.csv');
  const deletedFile = stage.scratchFile('deleted.csv');
  // One pass: differing rows are written to the file as they are found, so that none is held in memory.
  const differing = keyed ? differByKey(plan, csv) : differByCopies(plan, csv);
  await stage.run(`COPY (${differing}) TO ${sqlText(changedFile)} ${csv.options}`);
  await stage.run(
    `CREATE OR REPLACE TEMP TABLE deleted AS ${keyed ? deletedByKey(plan, options) : deletedByCopies(plan, options)}`,
  );
  const rows = keyed ? 1 : 'surplus';
  const [counts] = await stage.query(
    `SELECT (SELECT count(*) FROM landed), coalesce(sum(${rows}), 0), coalesce(sum(${rows}) FILTER (entrada__kept), 0) FROM deleted`,
  );
  const [landed = 0, absent = 0, kept = 0] = (counts ?? []).map(Number);
  await stage.run(
    `COPY (SELECT * EXCLUDE (entrada__kept) FROM deleted WHERE NOT entrada__kept) TO ${sqlText(deletedFile)} ${csv.options}`,
  );
  // Each landed row that is not absent has a staged row; the other staged rows are new.
  return { landed, inserted: stage.rows - (landed - absent), deleted: absent - kept, kept, changedFile, deletedFile };
}

/** Column with the parent of a row where the key does not contain it; null: the key contains it, or there is none. */
export function exportedParentColumn({ dataset, columns, key }: DatasetPlan): string | null {
  const parent = dataset.parent?.column;
  if (parent === undefined || key.includes(parent)) return null;
  return columns.some(({ name }) => name === parent) ? parent : null;
}

/** Empty text is quoted, null is not: PostgreSQL's `FORMAT csv` reads it the same way. */
export const CSV_OPTIONS = "(FORMAT csv, HEADER false, NULLSTR '')";

function keyColumns(plan: DatasetPlan): readonly Column[] {
  return plan.columns.filter((column) => plan.key.includes(column.name));
}

function landedType(column: Column): string {
  return column.type === 'binary' ? 'VARCHAR' : STAGE_TYPE[column.type];
}

async function loadLanded(stage: StagedRows, plan: DatasetPlan, file: string | null): Promise<void> {
  const columns = [
    ...keyColumns(plan).map((column, index) => [`entrada__k${index}`, landedType(column)] as const),
    ['entrada__landed', 'BIGINT'] as const,
    ...(exportedParentColumn(plan) === null ? [] : [['entrada__parent', 'VARCHAR'] as const]),
  ];
  await stage.run(`CREATE OR REPLACE TEMP TABLE landed (${columns.map(([name, type]) => `${name} ${type}`).join(', ')})`);
  if (file === null) return;
  const types = columns.map(([name, type]) => `${name}: '${type}'`).join(', ');
  // An indexed key in PostgreSQL has less than 3 KB; DuckDB reserves 16 times the maximum line length.
  await stage.run(`INSERT INTO landed SELECT * FROM read_csv(${sqlText(file)}, columns = {${types}}, auto_detect = false, header = false,
    delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, parallel = false, max_line_size = 65536, buffer_size = 4194304)`);
}

function sameKey(plan: DatasetPlan): string {
  return keyColumns(plan)
    .map(
      (column, index) =>
        `l.entrada__k${index} = ${column.type === 'binary' ? copyExpression(column) : `s.${sqlName(column.name)}`}`,
    )
    .join(' AND ');
}

function differByKey(plan: DatasetPlan, csv: CsvForm): string {
  const values = plan.columns.map(csv.value).join(', ');
  return `SELECT ${values}, s.entrada__hash, CASE WHEN l.entrada__k0 IS NULL THEN 'I' ELSE 'U' END
    FROM (SELECT *, ${rowHashSql(plan.columns)} AS entrada__hash FROM staged) s
    LEFT JOIN landed l ON ${sameKey(plan)} WHERE l.entrada__landed IS DISTINCT FROM s.entrada__hash`;
}

function deletedByKey(plan: DatasetPlan, options: CompareOptions): string {
  const keys = keyColumns(plan).map((_, index) => `l.entrada__k${index}`);
  return `SELECT ${keys.join(', ')}, ${keptSql(plan, options)} AS entrada__kept FROM landed l ANTI JOIN staged s ON ${sameKey(plan)}`;
}

/** SQL: whether a landed row `l` that the stage lacks is kept. */
function keptSql(plan: DatasetPlan, { keep, rejected }: CompareOptions): string {
  const position = (name: string): number => keyColumns(plan).findIndex((column) => column.name === name);
  const isRejected = isRejectedSql(
    { key: plan.key, keyColumns: rejected },
    (name) => `CAST(l.entrada__k${position(name)} AS VARCHAR)`,
  );
  return `(${isRejected} OR ${keptByParentSql(plan, keep)})`;
}

function keptByParentSql(plan: DatasetPlan, keep: KeptRows): string {
  if (keep === 'unread-events') return keptByEventSql(plan, plan.events?.owner ?? []);
  if (keep !== 'unproven') return String(keep === 'all');
  const inKey = keyColumns(plan).findIndex(({ name }) => name === plan.dataset.parent?.column);
  if (inKey < 0 && exportedParentColumn(plan) === null) return 'true';
  const parent = inKey < 0 ? 'l.entrada__parent' : `CAST(l.entrada__k${inKey} AS VARCHAR)`;
  return `(${parent} IS NULL OR ${parent} IN (SELECT id FROM unproven))`;
}

/** An event that was read again has the items that were read with it, and no others. */
function keptByEventSql(plan: DatasetPlan, owner: readonly string[]): string {
  const landed = keyColumns(plan).flatMap(({ name }, index) => (owner.includes(name) ? [`l.entrada__k${index}`] : []));
  const staged = keyColumns(plan).filter(({ name }) => owner.includes(name));
  return `((${landed.join(', ')}) NOT IN (SELECT ${staged.map(({ name }) => sqlName(name)).join(', ')} FROM staged))`;
}

/** SQL: landed rows by their content. */
function landedCopies(plan: DatasetPlan): string {
  const parent = exportedParentColumn(plan) === null ? '' : ', any_value(entrada__parent) AS entrada__parent';
  return `(SELECT entrada__landed AS hash, count(*) AS entrada__copies${parent} FROM landed GROUP BY hash)`;
}

/** Without a key a row is identified by its content: as many copies are kept as were read. */
function differByCopies(plan: DatasetPlan, csv: CsvForm): string {
  const values = plan.columns.map(csv.value).join(', ');
  return `SELECT ${values}, s.entrada__hash, 'I'
    FROM (SELECT *, row_number() OVER (PARTITION BY entrada__hash) AS entrada__copy
      FROM (SELECT *, ${rowHashSql(plan.columns)} AS entrada__hash FROM staged)) s
    LEFT JOIN ${landedCopies(plan)} l ON l.hash = s.entrada__hash WHERE s.entrada__copy > coalesce(l.entrada__copies, 0)`;
}

function deletedByCopies(plan: DatasetPlan, options: CompareOptions): string {
  return `SELECT l.hash, l.entrada__copies - coalesce(s.copies, 0) AS surplus, ${keptSql(plan, options)} AS entrada__kept FROM ${landedCopies(plan)} l
    LEFT JOIN (SELECT hash, count(*) AS copies FROM (SELECT ${rowHashSql(plan.columns)} AS hash FROM staged) GROUP BY hash) s
      ON s.hash = l.hash
    WHERE l.entrada__copies > coalesce(s.copies, 0)`;
}
