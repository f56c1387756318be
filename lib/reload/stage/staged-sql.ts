import { join } from 'node:path';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { PARTS_FOLDER, type Part } from './stage-file.ts';

/** What SQL over a stage is made of. */
export interface StagedFacts {
  readonly dir: string;
  readonly columns: readonly Column[];
  readonly parts: readonly Part[];
  /** Whether any row of the parts has been superseded. */
  readonly superseded: boolean;
}

/** Columns of a part and, behind them, `entrada__name` and `entrada__row`: where a row is. Superseded ones are left out. */
export function locatedSql({ dir, parts, superseded }: StagedFacts): string {
  const rows = `SELECT * EXCLUDE (entrada__file, file_row_number), parse_filename(entrada__file) AS entrada__name, file_row_number AS entrada__row
    FROM read_parquet(${fileList(dir, parts)}, filename = 'entrada__file', file_row_number = true)`;
  return superseded
    ? `SELECT p.* FROM (${rows}) p ANTI JOIN superseded s ON s.name = p.entrada__name AND s.row = p.entrada__row`
    : rows;
}

/** Rows of parts that don't count any more. */
export function supersededSql(facts: StagedFacts): string {
  return `SELECT p.* FROM (${locatedSql({ ...facts, superseded: false })}) p
    SEMI JOIN superseded s ON s.name = p.entrada__name AND s.row = p.entrada__row`;
}

/** Rows of parts as they count; nested values as text. */
export function partRowsSql(facts: StagedFacts): string {
  const source = facts.superseded ? `(${locatedSql(facts)})` : `read_parquet(${fileList(facts.dir, facts.parts)})`;
  return `SELECT ${facts.columns.map(textual).join(', ')} FROM ${source}`;
}

/** All staged rows: those of the parts, and those replayed by delta query. */
export function stagedSql(facts: StagedFacts): string {
  const replayed = 'SELECT * FROM replayed';
  return facts.parts.length === 0 ? replayed : `${partRowsSql(facts)} UNION ALL ${replayed}`;
}

/** Into the table `duplicates`: the places of rows of which a later one has the same key. `names`: the key, quoted. */
export function duplicatesSql(facts: StagedFacts, names: string): string {
  const order = facts.parts.map(({ name }, index) => `${sqlText(name)}: ${index}`).join(', ');
  const replayed = `SELECT ${names}, NULL AS entrada__name, rowid AS entrada__row, ${facts.parts.length} AS entrada__part FROM replayed`;
  const placed = `SELECT ${names}, entrada__name, entrada__row, MAP {${order}}[entrada__name] AS entrada__part FROM (${locatedSql(facts)})`;
  return `CREATE OR REPLACE TEMP TABLE duplicates AS SELECT entrada__name, entrada__row FROM (
    SELECT entrada__name, entrada__row,
      row_number() OVER (PARTITION BY ${names} ORDER BY entrada__part DESC, entrada__row DESC) AS n
    FROM (${facts.parts.length === 0 ? replayed : `${placed} UNION ALL ${replayed}`})) WHERE n > 1`;
}

function textual(column: Column): string {
  const name = sqlName(column.name);
  return column.type === 'json' ? `CAST(${name} AS VARCHAR) AS ${name}` : name;
}

function fileList(dir: string, parts: readonly Part[]): string {
  return `[${parts.map(({ name }) => sqlText(join(dir, PARTS_FOLDER, name))).join(', ')}]`;
}
