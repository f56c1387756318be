import type { Column } from '#lib/domain/dataset.ts';
import { isExtra, selectWithExtra } from './extra-sql.ts';
import { itemsPath, type RawSelect, selectItems } from './item-sql.ts';
import { shapeRows } from './source-path.ts';
import { sqlText } from './sql-text.ts';
import { NO_VALUE_ARRAY } from './stage-error.ts';
import { valueSql } from './value-sql.ts';

/** Smallest JSON buffer: read_json allocates twice this for each thread. */
const OBJECT_SIZE_MIN = 1 << 20;

/** Rows of the pages in typed columns: raw values by the parser, then our own checks on each. */
export function pagesSql(columns: readonly Column[], files: readonly string[], longestBytes: number): string {
  const objectSize = Math.max(OBJECT_SIZE_MIN, longestBytes + 1024);
  const { shape, select } = rawSelect(columns);
  const values = columns.map((column, index) => valueSql(column, `c${index}`)).join(', ');
  const source = `read_json([${files.map(sqlText).join(', ')}], columns = {value: ${sqlText(`${shape.type}[]`)}},
    format = 'unstructured', records = true, maximum_object_size = ${objectSize})`;
  // A document without `value` isn't an empty page: unnest would make nothing of it without a word.
  const rows = `SELECT unnest(CASE WHEN value IS NULL THEN error(${sqlText(NO_VALUE_ARRAY)}) ELSE value END) AS r FROM ${source}`;
  return `SELECT ${values} FROM (${select(rows)})`;
}

function rawSelect(columns: readonly Column[]): RawSelect {
  const path = itemsPath(columns);
  if (path !== null) return selectItems(columns, path);
  return columns.some(isExtra) ? selectWithExtra(columns) : selectRows(columns);
}

function selectRows(columns: readonly Column[]): RawSelect {
  const shape = shapeRows(columns);
  const raw = columns.map((column, index) => `${shape.raw(column, 'r')} AS c${index}`).join(', ');
  return { shape, select: (rows) => `SELECT ${raw} FROM (${rows})` };
}
