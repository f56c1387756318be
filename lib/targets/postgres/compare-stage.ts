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
  /** Rows with another hash; some may turn out to be the same after all. */
  readonly suspected: number;
  readonly deleted: number;
  /** All columns, row hash, operation (`I` or `U`). */
  readonly changedFile: string;
  /** With a key: the keys. Without: row hash, number of rows with it that are too many. */
  readonly goneFile: string;
}

/**
 * 64 bits over name and value of every column that isn't null, by name: adding an empty column or reordering columns changes nothing.
 * MD5 rather than DuckDB's own `hash`, which may differ in another version. Equal hashes are taken for equal rows of one key; the
 * chance of a missed change is 1 in 2^64.
 */
export function rowHashSql(columns: readonly Column[]): string {
  const parts = [...columns]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((column) => {
      const name = sqlName(column.name);
      const text =
        column.type === 'binary'
          ? `hex(${name})`
          : column.type === 'string' || column.type === 'json'
            ? name
            : `CAST(${name} AS VARCHAR)`;
      return `CASE WHEN ${name} IS NOT NULL THEN ${sqlText(`${column.name}:`)} || strlen(${text}) || ':' || ${text} END`;
    });
  return `CAST(CAST(md5_number_lower(concat('', ${parts.join(', ')})) AS HUGEINT) - 9223372036854775808 AS BIGINT)`;
}

/** Compares the stage with `landedFile` (key columns and row hash as CSV; null: there is no table yet). */
export async function compareStage(stage: Stage, plan: DatasetPlan, landedFile: string | null): Promise<StageDiff> {
  const keyed = plan.key.length > 0;
  await loadLanded(stage, plan, landedFile);
  await (keyed ? diffByKey(stage, plan) : diffByCopies(stage));
  const [counts] = await stage.query(`SELECT (SELECT count(*) FROM landed), (SELECT count(*) FROM changed WHERE op = 'I'),
    (SELECT count(*) FROM changed WHERE op = 'U'), (SELECT ${keyed ? 'count(*)' : 'coalesce(sum(surplus), 0)'} FROM gone)`);
  const [landed = 0, inserted = 0, suspected = 0, deleted = 0] = (counts ?? []).map(Number);
  const changedFile = stage.scratchFile('changed.csv');
  const goneFile = stage.scratchFile('gone.csv');
  const values = plan.columns.map(copyExpression).join(', ');
  await stage.run(
    `COPY (SELECT ${values}, c.hash, c.op FROM staged s JOIN changed c ON c.row_id = s.rowid) TO ${sqlText(changedFile)} ${CSV}`,
  );
  await stage.run(`COPY (SELECT * FROM gone) TO ${sqlText(goneFile)} ${CSV}`);
  return { landed, inserted, suspected, deleted, changedFile, goneFile };
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
    ...keyColumns(plan).map((column, index) => [`k${index}`, landedType(column)] as const),
    ['hash', 'BIGINT'] as const,
  ];
  await stage.run(`CREATE OR REPLACE TEMP TABLE landed (${columns.map(([name, type]) => `${name} ${type}`).join(', ')})`);
  if (file === null) return;
  const types = columns.map(([name, type]) => `${name}: '${type}'`).join(', ');
  // A key that PostgreSQL can index is below 3 KB; DuckDB would reserve 16 times the longest line.
  await stage.run(`INSERT INTO landed SELECT * FROM read_csv(${sqlText(file)}, columns = {${types}}, auto_detect = false, header = false,
    delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, parallel = false, max_line_size = 65536, buffer_size = 4194304)`);
}

async function diffByKey(stage: Stage, plan: DatasetPlan): Promise<void> {
  const keys = keyColumns(plan);
  const same = keys
    .map((column, index) => `l.k${index} = ${column.type === 'binary' ? copyExpression(column) : `s.${sqlName(column.name)}`}`)
    .join(' AND ');
  await stage.run(`CREATE OR REPLACE TEMP TABLE changed AS
    SELECT s.row_id, s.hash, CASE WHEN l.k0 IS NULL THEN 'I' ELSE 'U' END AS op
    FROM (SELECT rowid AS row_id, ${rowHashSql(plan.columns)} AS hash, ${keys.map((column) => sqlName(column.name)).join(', ')} FROM staged) s
    LEFT JOIN landed l ON ${same} WHERE l.hash IS DISTINCT FROM s.hash`);
  await stage.run(`CREATE OR REPLACE TEMP TABLE gone AS
    SELECT ${keys.map((_, index) => `l.k${index}`).join(', ')} FROM landed l ANTI JOIN staged s ON ${same}`);
}

/** Without a key a row is only known by its content: as many copies are kept as were read. */
async function diffByCopies(stage: Stage): Promise<void> {
  const hash = rowHashSql(stage.columns);
  await stage.run(`CREATE OR REPLACE TEMP TABLE changed AS
    SELECT s.row_id, s.hash, 'I' AS op
    FROM (SELECT rowid AS row_id, hash, row_number() OVER (PARTITION BY hash ORDER BY rowid) AS copy FROM (SELECT rowid, ${hash} AS hash FROM staged)) s
    LEFT JOIN (SELECT hash, count(*) AS copies FROM landed GROUP BY hash) l ON l.hash = s.hash WHERE s.copy > coalesce(l.copies, 0)`);
  await stage.run(`CREATE OR REPLACE TEMP TABLE gone AS
    SELECT l.hash, l.copies - coalesce(s.copies, 0) AS surplus FROM (SELECT hash, count(*) AS copies FROM landed GROUP BY hash) l
    LEFT JOIN (SELECT hash, count(*) AS copies FROM (SELECT ${hash} AS hash FROM staged) GROUP BY hash) s ON s.hash = l.hash
    WHERE l.copies > coalesce(s.copies, 0)`);
}
