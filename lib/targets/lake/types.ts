import type { Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';
import { PARQUET_OPTIONS } from '#lib/reload/stage/parts/parquet-writer-pool.ts';

/**
 * The staged column as it goes into the files. JSON is Parquet's JSON type; decimals keep every digit as text. In CSV and JSON lines times are
 * text as RFC 3339 has it (section 5.6, date-time): of UTC, with fractions only where there are any.
 */
export function lakeExpression(column: Column, format: 'parquet' | 'csv' | 'jsonl'): string {
  const name = sqlName(column.name);
  if (column.type === 'json' && format !== 'csv') return `${name}::JSON AS ${name}`;
  if (column.type === 'binary' && format !== 'parquet') return `to_base64(${name}) AS ${name}`;
  return column.type === 'dateTimeOffset' ? timeExpression(name, format) : name;
}

/** An instant as it goes into the files. `name`: a column, quoted where it has to be. */
export function timeExpression(name: string, format: 'parquet' | 'csv' | 'jsonl'): string {
  // DuckDB's own text is `2024-05-06 01:38:09.5+00`, as the connections of a stage are in UTC.
  return format === 'parquet' ? name : `replace(replace(CAST(${name} AS VARCHAR), ' ', 'T'), '+00', 'Z') AS ${name}`;
}

/** How DuckDB writes a format. */
export const COPY_OPTIONS = {
  parquet: PARQUET_OPTIONS,
  csv: "FORMAT csv, HEADER true, NULLSTR ''",
  jsonl: 'FORMAT json',
} as const;

export const FILE_EXTENSION = { parquet: 'parquet', csv: 'csv', jsonl: 'jsonl' } as const;

/** What each type is in Parquet (logical types of the format's specification). CSV and JSON lines have text, or JSON's own types. */
export const LAKE_TYPE = {
  string: 'STRING',
  boolean: 'BOOLEAN',
  int32: 'INT32',
  int64: 'INT64',
  double: 'DOUBLE',
  decimal: 'STRING',
  dateTimeOffset: 'TIMESTAMP (UTC, microseconds)',
  date: 'DATE',
  timeOfDay: 'TIME (microseconds)',
  duration: 'STRING',
  guid: 'STRING',
  binary: 'BYTE_ARRAY',
  json: 'JSON',
} satisfies Record<ColumnType, string>;
