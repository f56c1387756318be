import type { Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';
import { COLLATION } from '#lib/targets/mariadb/server.ts';
import { quote } from './names.ts';

const TEXT = `CHARACTER SET utf8mb4 COLLATE ${COLLATION}`;

/**
 * Column types of landed tables, as `information_schema` writes them. Times are UTC with microseconds: TIMESTAMP ends in 2038. JSON is text
 * that the server has checked. A decimal has 35 digits before and 30 behind the point; one with more is refused.
 */
export const MARIADB_TYPE = {
  string: 'longtext',
  boolean: 'tinyint(1)',
  int32: 'int(11)',
  int64: 'bigint(20)',
  double: 'double',
  decimal: 'decimal(65,30)',
  dateTimeOffset: 'datetime(6)',
  date: 'date',
  timeOfDay: 'time(6)',
  duration: 'varchar(64)',
  guid: 'varchar(64)',
  binary: 'longblob',
  json: 'json',
} satisfies Record<ColumnType, string>;

/** Bytes of an index entry in InnoDB, less the run id that a key of appended rows has too. */
const KEY_BYTES = 3072 - 64;

/** A text in a key has a length, as an index entry has one: 255 characters, fewer where the key has more than two columns. */
export function columnType(column: Column, key: readonly string[]): string {
  if (!key.includes(column.name)) return MARIADB_TYPE[column.type];
  const characters = Math.min(255, Math.floor(KEY_BYTES / 4 / key.length));
  if (column.type === 'string' || column.type === 'json') return `varchar(${characters})`;
  return column.type === 'binary' ? `varbinary(${characters})` : MARIADB_TYPE[column.type];
}

/** `name` type, of a type of the database, with what belongs to it in a definition. */
export function definition(name: string, type: string): string {
  if (type === 'json') return `${quote(name)} longtext ${TEXT} CHECK (json_valid(${quote(name)}))`;
  return `${quote(name)} ${/^(longtext|varchar)/.test(type) ? `${type} ${TEXT}` : type}`;
}

/** Types that each type can become without losing anything; longtext holds numbers and times as MariaDB writes them. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  'int(11)': ['bigint(20)', 'decimal(65,30)', 'double', 'longtext'],
  'bigint(20)': ['decimal(65,30)', 'longtext'],
  'tinyint(1)': ['longtext'],
  double: ['longtext'],
  'decimal(65,30)': ['longtext'],
  'datetime(6)': ['longtext'],
  date: ['longtext'],
  'time(6)': ['longtext'],
  json: ['longtext'],
};

/** Whether every value of type `from` fits into type `to`. */
export function fitsType(from: string, to: string): boolean {
  if (from === to || (WIDER[from]?.includes(to) ?? false)) return true;
  const [had, has] = [lengthOf(from), lengthOf(to)];
  return had !== null && (to === 'longtext' || (has !== null && has >= had));
}

/** Characters of a varchar; null: it is none. */
function lengthOf(type: string): number | null {
  const length = /^varchar\((\d+)\)$/.exec(type)?.[1];
  return length === undefined ? null : Number(length);
}

/** The staged column as DuckDB writes it for LOAD DATA. */
export function stagedText({ name, type }: Pick<Column, 'name' | 'type'>): string {
  const column = sqlName(name);
  switch (type) {
    case 'boolean':
      return `CAST(${column} AS INTEGER)`;
    case 'dateTimeOffset':
      return `CAST(${column} AS TIMESTAMP)`;
    case 'binary':
      return `hex(${column})`;
    default:
      return column;
  }
}

/** What follows the table in LOAD DATA: the columns of the file, and how those become values that are written otherwise. */
export function loadInto(columns: readonly Column[], own: readonly string[], sets: readonly string[] = []): string {
  const fields = columns.map(({ name, type }, index) => (type === 'binary' ? `@raw${index}` : quote(name)));
  const raws = columns.flatMap(({ name, type }, index) => (type === 'binary' ? [`${quote(name)} = UNHEX(@raw${index})`] : []));
  const set = [...raws, ...sets];
  return `(${[...fields, ...own].join(', ')})${set.length === 0 ? '' : ` SET ${set.join(', ')}`}`;
}

/** The value `sql` of a landed column, for DuckDB to read as the stage has it. */
export function pulledText({ type }: Pick<Column, 'type'>, sql: string): string {
  if (type === 'boolean') return `IF(${sql} IS NULL, NULL, IF(${sql}, 'true', 'false'))`;
  if (type === 'binary') return `CONCAT('\\\\x', LOWER(HEX(${sql})))`;
  return type === 'decimal' ? trimmed(sql) : sql;
}

/** A decimal without the zeros that only its type adds. */
function trimmed(sql: string): string {
  return `TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(${sql} AS CHAR)))`;
}

/** What a page shows of a landed column of a type of the database: text, or null. */
export function shownText(type: string, sql: string): string {
  if (type === 'tinyint(1)') return pulledText({ type: 'boolean' }, sql);
  if (/^decimal/.test(type)) return trimmed(sql);
  // As the server writes it: the driver's own reading of a double is off by the last digit at times.
  if (type === 'double') return `CAST(${sql} AS CHAR)`;
  if (/^(datetime|time)/.test(type)) return `TRIM(TRAILING '.000000' FROM CAST(${sql} AS CHAR))`;
  return /blob|binary/.test(type) ? `REPLACE(TO_BASE64(${sql}), '\\n', '')` : sql;
}

/** The value `sql` of a column of a type of the database, as a member of JSON_OBJECT. */
export function jsonMember(type: string, sql: string): string {
  if (type === 'tinyint(1)') return `IF(${sql} IS NULL, NULL, JSON_EXTRACT(IF(${sql}, 'true', 'false'), '$'))`;
  if (type === 'json') return `JSON_COMPACT(${sql})`;
  if (/blob|binary/.test(type)) return `CONCAT('\\\\x', LOWER(HEX(${sql})))`;
  return type === 'datetime(6)' ? `DATE_FORMAT(${sql}, '%Y-%m-%dT%H:%i:%s.%fZ')` : sql;
}

/** Whether two values of a column differ; JSON by what it says, everything else byte by byte. */
export function differsSql(type: string, one: string, other: string): string {
  if (type !== 'json') return `NOT (${one} <=> ${other})`;
  return `NOT (${one} <=> ${other} OR COALESCE(JSON_EQUALS(${one}, ${other}), FALSE))`;
}
