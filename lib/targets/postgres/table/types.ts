import type { Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';

/** Column types of landed tables in the form of `format_type`. Times have microseconds; a duration is ISO 8601 text. */
export const POSTGRES_TYPE = {
  string: 'text',
  boolean: 'boolean',
  int32: 'integer',
  int64: 'bigint',
  double: 'double precision',
  decimal: 'numeric',
  dateTimeOffset: 'timestamp with time zone',
  date: 'date',
  timeOfDay: 'time without time zone',
  duration: 'text',
  guid: 'text',
  binary: 'bytea',
  json: 'jsonb',
} satisfies Record<ColumnType, string>;

/** Types that each type can be converted to without loss. Text represents all of them as PostgreSQL writes them. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  integer: ['bigint', 'numeric', 'double precision', 'text'],
  bigint: ['numeric', 'text'],
  'double precision': ['text'],
  numeric: ['text'],
  boolean: ['text'],
  'timestamp with time zone': ['text'],
  date: ['text'],
  'time without time zone': ['text'],
  bytea: ['text'],
  jsonb: ['text'],
};

/** Whether every value of type `from` is a value of type `to`. Types are in the form of `format_type`. */
export function fitsType(from: string, to: string): boolean {
  return from === to || (WIDER[from]?.includes(to) ?? false);
}

/** SQL: the staged column as DuckDB writes it for COPY (FORMAT csv). */
export function copyExpression(column: Column): string {
  const name = sqlName(column.name);
  return column.type === 'binary' ? `CASE WHEN ${name} IS NOT NULL THEN '\\x' || lower(hex(${name})) END` : name;
}
