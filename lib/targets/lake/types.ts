import type { Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import type { CsvSettings, LakeSettings } from '#lib/domain/task/task.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { STAGE_TYPE } from '#lib/reload/parse/sql/value-sql.ts';
import { PARQUET_OPTIONS } from '#lib/reload/stage/parts/parquet-writer-pool.ts';

/** Settings of a task that determine how its files are written. */
export type FileFormat = Pick<LakeSettings, 'format' | 'compression' | 'csv' | 'tables'>;

/**
 * The staged column as it is written to files. JSON uses Parquet's JSON type; decimals are text, which keeps every digit. In CSV and JSON lines times
 * are
 * RFC 3339 text (section 5.6, date-time) in UTC, with fractions only where they are not zero. Delta Lake supports neither JSON nor times of
 * day: both are text in all table formats.
 */
export function lakeExpression(column: Column, written: FileFormat): string {
  const name = sqlName(column.name);
  const { format, csv } = written;
  if (format === 'csv' && csv.formulaGuard && (column.type === 'string' || column.type === 'json'))
    return `${guarded(name)} AS ${name}`;
  if (hasOpenTables(written)) return column.type === 'timeOfDay' ? `CAST(${name} AS VARCHAR) AS ${name}` : name;
  if (column.type === 'json' && format !== 'csv') return `${name}::JSON AS ${name}`;
  if (column.type === 'binary' && format !== 'parquet') return `to_base64(${name}) AS ${name}`;
  return column.type === 'dateTimeOffset' ? timeExpression(name, format) : name;
}

/** Type of a column in the files of tables, as DuckDB calls it. */
export function tableType(type: ColumnType): string {
  return type === 'timeOfDay' ? 'VARCHAR' : STAGE_TYPE[type];
}

/** A landed value as it goes into a file of a table, whatever wrote it. */
export function tableSql({ name, type }: Pick<Column, 'name' | 'type'>): string {
  return `CAST(${sqlName(name)} AS ${tableType(type)}) AS ${sqlName(name)}`;
}

export function hasOpenTables({ tables }: Pick<FileFormat, 'tables'>): boolean {
  return tables !== 'files';
}

/** An instant as it is written to files. `name`: a column, quoted where necessary. */
export function timeExpression(name: string, format: LakeSettings['format']): string {
  // DuckDB's text is `2024-05-06 01:38:09.5+00`, since the connections of a stage use UTC.
  return format === 'parquet' ? name : `replace(replace(CAST(${name} AS VARCHAR), ' ', 'T'), '+00', 'Z') AS ${name}`;
}

/** A leading apostrophe prevents a spreadsheet from interpreting a text as a formula (OWASP, "CSV Injection"). */
function guarded(name: string): string {
  return `CASE WHEN regexp_matches(${name}, '^[=+@\\t\\r-]') THEN '''' || ${name} ELSE ${name} END`;
}

/** DuckDB's options for writing a format. @param fieldIds by column name, for Parquet files that Iceberg reads. */
export function copyOptions({ format, compression, csv }: FileFormat, fieldIds?: ReadonlyMap<string, number>): string {
  const compressed = compression === 'none' ? '' : `, COMPRESSION ${compression}`;
  switch (format) {
    case 'parquet': {
      if (fieldIds === undefined) return PARQUET_OPTIONS;
      const ids = [...fieldIds].map(([name, id]) => `${sqlName(name)}: ${id}`);
      return `${PARQUET_OPTIONS}, FIELD_IDS {${ids.join(', ')}}`;
    }
    case 'csv':
      return `${csvOptions(csv)}${compressed}`;
    case 'jsonl':
      return `FORMAT json${compressed}`;
  }
}

/** Line ends according to RFC 4180 (section 2). */
function csvOptions({ delimiter, quote, nullText, header }: CsvSettings): string {
  const options = `DELIM ${sqlText(delimiter)}, QUOTE ${sqlText(quote)}, ESCAPE ${sqlText(quote)}, NULLSTR ${sqlText(nullText)}`;
  return `FORMAT csv, HEADER ${header}, ${options}, NEW_LINE '\\r\\n'`;
}

const EXTENSION = { parquet: 'parquet', csv: 'csv', jsonl: 'jsonl' } as const;
const SUFFIX = { none: '', gzip: '.gz', zstd: '.zst' } as const;

/** File extension, without the leading dot. */
export function extensionOf({ format, compression }: Pick<FileFormat, 'format' | 'compression'>): string {
  return `${EXTENSION[format]}${format === 'parquet' ? '' : SUFFIX[compression]}`;
}

/** Parquet type of each column type (logical types of the format's specification). CSV and JSON lines use text, or JSON's own types. */
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
