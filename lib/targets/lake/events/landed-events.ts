import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { CsvSettings } from '#lib/domain/task/task.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';

export interface LandedColumns {
  readonly format: 'parquet' | 'csv' | 'jsonl';
  readonly compression?: 'none' | 'gzip' | 'zstd' | undefined;
  readonly csv?: CsvSettings | undefined;
  /** In the order of the file. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
}

/** Longest line of a CSV file, bytes. */
const CSV_LINE_MAX = 16 * 2 ** 20;

/** Types of JSON lines that are no text, so that rows are written as they were read. */
const JSON_TYPE: Partial<Record<ColumnType, string>> = {
  boolean: 'BOOLEAN',
  int32: 'INTEGER',
  int64: 'BIGINT',
  double: 'DOUBLE',
  json: 'JSON',
};

/** SQL of a query for the rows of local files of one schema: the columns as they are in the files. */
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

/** UTC day of a column with a time, as text; also where the column is the text of a time. */
export function dayOf(column: string, noDay: string): string {
  const instant = `CAST(${sqlName(column)} AS TIMESTAMPTZ)`;
  return `coalesce(strftime(make_timestamp(epoch_us(${instant})), '%Y-%m-%d'), ${sqlText(noDay)})`;
}
