import type { Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import { TIME_PATTERN, type TimeType } from '#lib/domain/dataset/edm-time.ts';
import { sqlText } from './sql-text.ts';

/** Types of the stage's columns. Decimals stay text (any precision), nested values stay JSON text. */
export const STAGE_TYPE = {
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  int32: 'INTEGER',
  int64: 'BIGINT',
  double: 'DOUBLE',
  decimal: 'VARCHAR',
  dateTimeOffset: 'TIMESTAMPTZ',
  date: 'DATE',
  timeOfDay: 'TIME',
  duration: 'VARCHAR',
  guid: 'VARCHAR',
  binary: 'BLOB',
  json: 'VARCHAR',
} satisfies Record<ColumnType, string>;

/** Starts the message of a value that doesn't fit; JSON follows. */
export const BAD_VALUE = 'entrada-bad-value ';

export interface BadValue {
  readonly column: string;
  readonly type: ColumnType;
  /** What stood there instead: `object`, `text of 12 characters`, … Never the value: it may be personal. */
  readonly found: string;
  /** Key of the row; missing where rows have none. */
  readonly key?: string;
}

/**
 * The typed value of a raw text. A value that isn't of the column's type raises BAD_VALUE: nothing turns into null silently.
 * Times keep 6 of up to 7 fractional digits; the rest is cut, never rounded into the next second.
 * @param key expression of the row's key as text, for the error; null where rows have none.
 */
export function valueSql(column: Column, raw: string, key: string | null = null): string {
  const typed = castSql(column.type, raw);
  if (typed === raw) return raw;
  return `CASE WHEN ${raw} IS NULL THEN NULL ELSE COALESCE(${typed}, ${badValueSql(column, raw, key)}) END`;
}

/** Instants that have a year of four digits. */
const FIRST = "TIMESTAMPTZ '0001-01-01 00:00:00+00'";
const BEYOND = "TIMESTAMPTZ '10000-01-01 00:00:00+00'";

/** Whether a text is spelt as EDM spells the type: DuckDB's casts also take `epoch`, `2020-1-1`, `24:00` or a bare date for a time. */
function matchesPattern(type: TimeType, raw: string): string {
  return `regexp_full_match(${raw}, ${sqlText(TIME_PATTERN[type])})`;
}

function castSql(type: ColumnType, raw: string): string {
  switch (type) {
    case 'string':
    case 'guid':
    case 'json':
      return raw;
    case 'duration':
      return `CASE WHEN ${matchesPattern(type, raw)} AND regexp_matches(${raw}, '\\d') THEN ${raw} END`;
    case 'boolean':
      return `CASE ${raw} WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case 'int32':
    case 'int64': {
      // A plain cast would round 1.5 to 2: the number must come out as it went in.
      const number = `TRY_CAST(${raw} AS ${STAGE_TYPE[type]})`;
      return `CASE WHEN ${raw} IN (CAST(${number} AS VARCHAR), CAST(${number} AS VARCHAR) || '.0') THEN ${number} END`;
    }
    case 'double':
      // DuckDB reads 1e400 as infinity and takes many spellings of it; EDM has three (OData ABNF, nanInfinity).
      return `CASE WHEN isfinite(TRY_CAST(${raw} AS DOUBLE)) OR ${raw} IN ('INF', '-INF', 'NaN') THEN TRY_CAST(${raw} AS DOUBLE) END`;
    case 'decimal':
      return `CASE WHEN isfinite(TRY_CAST(${raw} AS DOUBLE)) THEN ${raw} END`;
    case 'dateTimeOffset': {
      // DuckDB's cast requires seconds and upper case: EDM does not (OData ABNF, dateTimeOffsetValue).
      const whole = `regexp_replace(upper(${raw}), '(T\\d\\d:\\d\\d)([Z+-])', '\\1:00\\2')`;
      const time = `COALESCE(TRY_CAST(${raw} AS TIMESTAMPTZ), TRY_CAST(${whole} AS TIMESTAMPTZ))`;
      // Only on the first and the last day an offset may lead out of the years that there are; elsewhere the cast is made once.
      return `CASE WHEN NOT ${matchesPattern(type, raw)} THEN NULL WHEN ${raw} >= '0001-01-02' AND ${raw} < '9999-12-31' THEN ${time}
        WHEN ${time} >= ${FIRST} AND ${time} < ${BEYOND} THEN ${time} END`;
    }
    case 'date':
      return `CASE WHEN ${matchesPattern(type, raw)} AND ${raw} >= '0001' THEN TRY_CAST(${raw} AS DATE) END`;
    case 'timeOfDay':
      return `CASE WHEN ${matchesPattern(type, raw)} THEN TRY_CAST(${raw} AS TIME) END`;
    case 'binary':
      // Edm.Binary is base64url in URLs and base64 in most bodies (OData JSON Format 4.01, section 7.1): both are taken.
      return `TRY(from_base64(translate(${raw}, '-_', '+/') || repeat('=', (4 - length(rtrim(${raw}, '=')) % 4) % 4 - (length(${raw}) - length(rtrim(${raw}, '='))))))`;
  }
}

function badValueSql(column: Column, raw: string, key: string | null): string {
  const head = JSON.stringify({ column: column.name, type: column.type }).slice(0, -1);
  const kind = `CASE WHEN TRY_CAST(${raw} AS DOUBLE) IS NOT NULL THEN 'number' WHEN ${raw} IN ('true', 'false') THEN 'boolean'
    WHEN ${raw} LIKE '{%' THEN 'object' WHEN ${raw} LIKE '[%' THEN 'array' WHEN ${raw} = '' THEN 'empty text'
    ELSE 'text of ' || length(${raw}) || ' characters' END`;
  const ofRow = key === null ? '' : `|| ',"key":' || CAST(to_json(${key}) AS VARCHAR) `;
  return `error(${sqlText(`${BAD_VALUE}${head},"found":"`)} || ${kind} || '"' ${ofRow}|| '}')`;
}

/** The facts in the message of DuckDB's error, or null when it is about something else. */
export function parseBadValue(message: string): BadValue | null {
  const start = message.indexOf(BAD_VALUE);
  if (start < 0) return null;
  const line = message.slice(start + BAD_VALUE.length).split('\n')[0] ?? '';
  return JSON.parse(line) as BadValue;
}
