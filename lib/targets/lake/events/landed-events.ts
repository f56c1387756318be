import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { CsvSettings } from '#lib/domain/task/task.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';

export interface LandedColumns {
  readonly format: 'parquet' | 'csv' | 'jsonl';
  readonly compression?: 'none' | 'gzip' | 'zstd' | undefined;
  readonly csv?: CsvSettings | undefined;
  /** In the order of the file's columns. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
}

/** Maximum length of a line in a CSV file, bytes. */
const CSV_LINE_MAX = 16 * 2 ** 20;

/** JSON types of columns that are not text, so that rewritten rows equal the original ones. */
const JSON_TYPE: Partial<Record<ColumnType, string>> = {
  boolean: 'BOOLEAN',
  int32: 'INTEGER',
  int64: 'BIGINT',
  double: 'DOUBLE',
  json: 'JSON',
};

/** SQL of a query for the rows of local files with one schema, with the types of the files. */
export function landedEventsSql(files: readonly string[], landed: LandedColumns): string {
  const { format, columns, compression = 'none', csv = CsvSettings.parse({}) } = landed;
  const compressed = `compression = ${sqlText(compression === 'none' ? 'uncompressed' : compression)}`;
  const list = `[${files.map(sqlText).join(', ')}]`;
  switch (format) {
    case 'parquet':
      return `SELECT * FROM read_parquet(${list}, hive_partitioning = false)`;
    case 'csv': {
      const types = columns.map(({ name }) => `${sqlText(name)}: 'VARCHAR'`).join(', ');
      return `SELECT * FROM read_csv(${list}, header = ${csv.header}, auto_detect = false, delim = ${sqlText(csv.delimiter)}, quote = ${sqlText(csv.quote)}, escape = ${sqlText(csv.quote)},
        nullstr = ${sqlText(csv.nullText)}, ${compressed}, allow_quoted_nulls = false, hive_partitioning = false, max_line_size = ${CSV_LINE_MAX}, buffer_size = ${CSV_LINE_MAX}, columns = {${types}})`;
    }
    case 'jsonl': {
      const types = columns.map(({ name, type }) => `${sqlText(name)}: ${sqlText(JSON_TYPE[type] ?? 'VARCHAR')}`).join(', ');
      return `SELECT * FROM read_json(${list}, format = newline_delimited, ${compressed}, hive_partitioning = false, columns = {${types}})`;
    }
  }
}

/** UTC day of a time column, as text; also for a time that is stored as text. */
export function dayOf(column: string, noDay: string): string {
  const instant = `CAST(${sqlName(column)} AS TIMESTAMPTZ)`;
  return `coalesce(strftime(make_timestamp(epoch_us(${instant})), '%Y-%m-%d'), ${sqlText(noDay)})`;
}
