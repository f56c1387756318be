import type { Column } from '#lib/domain/dataset/dataset.ts';
import { NO_VALUE_ARRAY } from '#lib/reload/stage/stage-error.ts';
import { type RawSelect, shapeRows } from '../source-path.ts';
import { isExtraColumn, selectWithExtra } from './extra-sql.ts';
import { itemsPath, selectItems } from './item-sql.ts';
import { sqlName, sqlText } from './sql-text.ts';
import { valueSql } from './value-sql.ts';

/** Smallest JSON buffer: read_json allocates twice this for each thread. */
const OBJECT_SIZE_MIN = 1 << 20;

/** Pages on disk, one document a file. */
export interface PageFiles {
  readonly files: readonly string[];
  readonly longestBytes: number;
  /** No document has a line break: the end of one is then found without looking at each of its characters. */
  readonly singleLine: boolean;
}

/** Rows of the pages in typed columns: raw values by the parser, then our own checks on each. Nested values are text. */
export function pagesSql(columns: readonly Column[], pages: PageFiles): string {
  return selectPages(columns, pages, rawSelect(columns));
}

/** The same with nested values as DuckDB's JSON, which Parquet files know as such. */
export function partSql(columns: readonly Column[], pages: PageFiles): string {
  const hasItems = itemsPath(columns) !== null || columns.some(isExtraColumn);
  if (!hasItems) return selectPages(columns, pages, selectRows(columns, true));
  const names = columns.filter(({ type }) => type === 'json').map(({ name }) => sqlName(name));
  const nested = names.map((name) => `CAST(${name} AS JSON) AS ${name}`).join(', ');
  return `SELECT *${nested === '' ? '' : ` REPLACE (${nested})`} FROM (${pagesSql(columns, pages)})`;
}

function selectPages(columns: readonly Column[], { files, longestBytes, singleLine }: PageFiles, raw: RawSelect): string {
  const objectSize = Math.max(OBJECT_SIZE_MIN, longestBytes + 1024);
  const keys = columns.flatMap(({ key }, index) => (key ? [`c${index}`] : []));
  const key = keys.length === 0 ? null : `concat_ws(' / ', ${keys.join(', ')})`;
  const values = columns.map((column, index) => `${valueSql(column, `c${index}`, key)} AS ${sqlName(column.name)}`).join(', ');
  const source = `read_json([${files.map(sqlText).join(', ')}], columns = {value: ${sqlText(`${raw.shape.type}[]`)}},
    format = '${singleLine ? 'newline_delimited' : 'unstructured'}', records = true, maximum_object_size = ${objectSize})`;
  // A document without `value` isn't an empty page: unnest would make nothing of it without a word.
  const rows = `SELECT unnest(CASE WHEN value IS NULL THEN error(${sqlText(NO_VALUE_ARRAY)}) ELSE value END) AS r FROM ${source}`;
  return `SELECT ${values} FROM (${raw.select(rows)})`;
}

function rawSelect(columns: readonly Column[]): RawSelect {
  const path = itemsPath(columns);
  if (path !== null) return selectItems(columns, path);
  return columns.some(isExtraColumn) ? selectWithExtra(columns) : selectRows(columns);
}

function selectRows(columns: readonly Column[], nestedAsJson = false): RawSelect {
  const shape = shapeRows(columns);
  const value = (column: Column): string =>
    nestedAsJson && column.type === 'json' ? shape.nested(column, 'r') : shape.raw(column, 'r');
  const raw = columns.map((column, index) => `${value(column)} AS c${index}`).join(', ');
  return { shape, select: (rows) => `SELECT ${raw} FROM (${rows})` };
}
