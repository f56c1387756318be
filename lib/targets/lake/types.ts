import type { Column } from '#lib/domain/dataset.ts';
import { PARQUET } from '#lib/reload/part-lanes.ts';
import { sqlName } from '#lib/reload/sql-text.ts';

/** The staged column as it goes into the files. JSON is Parquet's JSON type; decimals keep every digit as text. */
export function lakeExpression(column: Column, format: 'parquet' | 'csv' | 'jsonl'): string {
  const name = sqlName(column.name);
  if (column.type === 'json' && format !== 'csv') return `${name}::JSON AS ${name}`;
  if (column.type === 'binary' && format !== 'parquet') return `to_base64(${name}) AS ${name}`;
  return name;
}

/** How DuckDB writes a format. */
export const COPY_OPTIONS = {
  parquet: PARQUET,
  csv: "FORMAT csv, HEADER true, NULLSTR ''",
  jsonl: 'FORMAT json',
} as const;

export const EXTENSION = { parquet: 'parquet', csv: 'csv', jsonl: 'jsonl' } as const;
