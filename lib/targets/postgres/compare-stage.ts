import { createHash } from 'node:crypto';
import type { Column } from '#lib/domain/dataset.ts';
import type { DatasetPlan } from '#lib/reload/plan.ts';
import { sqlName, sqlText } from '#lib/reload/sql-text.ts';
import type { Stage } from '#lib/reload/stage.ts';
import { STAGE_TYPE } from '#lib/reload/value-sql.ts';
import { copyExpression } from './types.ts';

/** What differs between the stage and the landed table, as CSV files for COPY. */
export interface StageDiff {
  /** Rows that the landed table has now. */
  readonly landed: number;
  readonly inserted: number;
  readonly deleted: number;
  /** All columns, row hash, operation (`I` or `U`). */
  readonly changedFile: string;
  /** With a key: the keys. Without: row hash, number of rows with it that are too many. */
  readonly goneFile: string;
}

/**
 * 64 bits over name and value of every column that isn't null, by name: adding an empty column or reordering columns changes nothing.
 * The values in one text, apart by NUL (which no value holds: stage.ts), and a number for which columns they belong to. MD5 rather than DuckDB's own
 * `hash`, which may differ in another version; one call of `concat_ws`, as it costs half of all other ways. Equal hashes are taken for
 * equal rows of one key; the chance of a missed change is 1 in 2^64.
 */
export function rowHashSql(columns: readonly Column[]): string {
  const sorted = [...columns].sort((a, b) => (a.name < b.name ? -1 : 1));
  const values = `concat_ws(chr(0), ${sorted.map(hashedText).join(', ')})`;
  const present = sorted
    .map(({ name }) => `CASE WHEN ${sqlName(name)} IS NULL THEN 0::BIGINT ELSE ${numberOf(name)}::BIGINT END`)
    .reduce((all, one) => `xor(${all}, ${one})`);
  return `xor(CAST(CAST(md5_number_lower(${values}) AS HUGEINT) - 9223372036854775808 AS BIGINT), ${present})`;
}

function hashedText({ name, type }: Column): string {
  const column = sqlName(name);
  switch (type) {
    case 'string':
    case 'json':
      return column;
    case 'binary':
      return `hex(${column})`;
    case 'dateTimeOffset':
      return `CAST(epoch_us(${column}) AS VARCHAR)`;
    default:
      return `CAST(${column} AS VARCHAR)`;
  }
}

/** 63 bits that stand for a column's name. */
function numberOf(name: string): bigint {
  return createHash('sha256').update(name).digest().readBigUInt64BE(0) >> 1n;
}

/**
 * Compares the stage with `landedFile` (key columns and row hash as CSV; null: there is no table yet).
 * @param keepAbsent landed rows that the stage lacks don't count as deleted.
 */
export async function compareStage(
  stage: Stage,
  plan: DatasetPlan,
  landedFile: string | null,
  keepAbsent = false,
): Promise<StageDiff> {
  const keyed = plan.key.length > 0;
  await loadLanded(stage, plan, landedFile);
  const changedFile = stage.scratchFile('changed.csv');
  const goneFile = stage.scratchFile('gone.csv');
  // One pass: the rows that differ go to the file as they are found, and no row is held.
  const differing = keyed ? differByKey(plan) : differByCopies(plan);
  await stage.run(`COPY (${differing}) TO ${sqlText(changedFile)} ${CSV}`);
  await stage.run(`CREATE OR REPLACE TEMP TABLE gone AS ${keyed ? goneByKey(plan) : goneByCopies(plan)}`);
  const [counts] = await stage.query(
    `SELECT (SELECT count(*) FROM landed), (SELECT ${keyed ? 'count(*)' : 'coalesce(sum(surplus), 0)'} FROM gone)`,
  );
  const [landed = 0, absent = 0] = (counts ?? []).map(Number);
  await stage.run(`COPY (SELECT * FROM gone${keepAbsent ? ' LIMIT 0' : ''}) TO ${sqlText(goneFile)} ${CSV}`);
  // What was landed and isn't absent has found its row; the other rows are new.
  return { landed, inserted: stage.rows - (landed - absent), deleted: keepAbsent ? 0 : absent, changedFile, goneFile };
}

/** Empty text is quoted, null is not: PostgreSQL's `FORMAT csv` reads it the same way. */
export const CSV = "(FORMAT csv, HEADER false, NULLSTR '')";

function keyColumns(plan: DatasetPlan): readonly Column[] {
  return plan.columns.filter((column) => plan.key.includes(column.name));
}

function landedType(column: Column): string {
  return column.type === 'binary' ? 'VARCHAR' : STAGE_TYPE[column.type];
}

async function loadLanded(stage: Stage, plan: DatasetPlan, file: string | null): Promise<void> {
  const columns = [
    ...keyColumns(plan).map((column, index) => [`entrada__k${index}`, landedType(column)] as const),
    ['entrada__landed', 'BIGINT'] as const,
  ];
  await stage.run(`CREATE OR REPLACE TEMP TABLE landed (${columns.map(([name, type]) => `${name} ${type}`).join(', ')})`);
  if (file === null) return;
  const types = columns.map(([name, type]) => `${name}: '${type}'`).join(', ');
  // A key that PostgreSQL can index is below 3 KB; DuckDB would reserve 16 times the longest line.
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

function differByKey(plan: DatasetPlan): string {
  const values = plan.columns.map(copyExpression).join(', ');
  return `SELECT ${values}, s.entrada__hash, CASE WHEN l.entrada__k0 IS NULL THEN 'I' ELSE 'U' END
    FROM (SELECT *, ${rowHashSql(plan.columns)} AS entrada__hash FROM staged) s
    LEFT JOIN landed l ON ${sameKey(plan)} WHERE l.entrada__landed IS DISTINCT FROM s.entrada__hash`;
}

function goneByKey(plan: DatasetPlan): string {
  return `SELECT ${keyColumns(plan)
    .map((_, index) => `l.entrada__k${index}`)
    .join(', ')} FROM landed l ANTI JOIN staged s ON ${sameKey(plan)}`;
}

const LANDED_COPIES = '(SELECT entrada__landed AS hash, count(*) AS entrada__copies FROM landed GROUP BY hash)';

/** Without a key a row is only known by its content: as many copies are kept as were read. */
function differByCopies(plan: DatasetPlan): string {
  const values = plan.columns.map(copyExpression).join(', ');
  return `SELECT ${values}, s.entrada__hash, 'I'
    FROM (SELECT *, row_number() OVER (PARTITION BY entrada__hash) AS entrada__copy
      FROM (SELECT *, ${rowHashSql(plan.columns)} AS entrada__hash FROM staged)) s
    LEFT JOIN ${LANDED_COPIES} l ON l.hash = s.entrada__hash WHERE s.entrada__copy > coalesce(l.entrada__copies, 0)`;
}

function goneByCopies(plan: DatasetPlan): string {
  return `SELECT l.hash, l.entrada__copies - coalesce(s.copies, 0) AS surplus FROM ${LANDED_COPIES} l
    LEFT JOIN (SELECT hash, count(*) AS copies FROM (SELECT ${rowHashSql(plan.columns)} AS hash FROM staged) GROUP BY hash) s
      ON s.hash = l.hash
    WHERE l.entrada__copies > coalesce(s.copies, 0)`;
}
