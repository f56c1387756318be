import type { Column } from '#lib/domain/dataset.ts';
import { parseSourcePath, type RawColumn, type RowShape, shapeRows, splitAtItems } from './source-path.ts';
import { sqlName, sqlText } from './sql-text.ts';

/** Place of an item in its collection, from 1. */
const POSITION = '@position';
/** Stands for the content of an item; equal items of one object are numbered from the second one on. */
const ITEM = '@item';

/** Keeps values apart within a hash, and null from the empty text. */
const SEPARATOR = 'chr(31)';
const NULL_MARK = 'chr(30)';

/** Raw values of rows, or of the items of a collection of each row: what to read and how to select it. */
export interface RawSelect {
  readonly shape: RowShape;
  /** From `rows`, a query with the one column `r`: columns `c0`, `c1`, … as text. */
  readonly select: (rows: string) => string;
}

/** The collection whose items are the rows, as source path without the brackets; null when the rows are the rows. */
export function itemsPath(columns: readonly Column[]): string | null {
  for (const { sourcePath } of columns) {
    const split = splitAtItems(parseSourcePath(sourcePath));
    if (split !== null) return split.list.join('.').slice(0, -2);
  }
  return null;
}

/**
 * One row per item of a collection, beside values of the object that it belongs to. An object without items has no rows.
 * @throws TypeError when the columns go over two collections: their items have no pairs.
 */
export function selectItems(columns: readonly Column[], path: string): RawSelect {
  const list: RawColumn = { sourcePath: `${path}[]`, type: 'string' };
  const contents = columns.filter((column) => isOfItem(column) && !isComputed(column));
  // Items that are asked for by nothing but their number still have to be read.
  const shape = shapeRows([...columns.filter((column) => !isComputed(column)), ...(contents.length === 0 ? [list] : [])]);
  if (columns.some((column) => isOfItem(column) && !column.sourcePath.startsWith(`${path}[]`))) {
    throw new TypeError('The columns of a dataset go over one collection only.');
  }
  const needsHash = columns.some(({ sourcePath }) => sourcePath.endsWith(`.${ITEM}`));
  const hashes = needsHash ? `list_transform(l, lambda x: ${hashSql(shape, contents)})` : 'NULL';
  const raw = columns.map((column, index) => `${itemRaw(shape, column)} AS c${index}`);
  return {
    shape,
    select: (rows) => `SELECT ${raw.join(', ')} FROM (SELECT r, h, unnest(l) AS i, generate_subscripts(l, 1) AS n
      FROM (SELECT r, l, ${hashes} AS h FROM (SELECT r, ${listSql(path)} AS l FROM (${rows}))))`,
  };
}

function isOfItem({ sourcePath }: RawColumn): boolean {
  return splitAtItems(parseSourcePath(sourcePath)) !== null;
}

function isComputed({ sourcePath }: RawColumn): boolean {
  return sourcePath.endsWith(`[].${ITEM}`) || sourcePath.endsWith(`[].${POSITION}`);
}

/** The list in row `r`. */
function listSql(path: string): string {
  return `r${parseSourcePath(path)
    .map((name) => `.${sqlName(name)}`)
    .join('')}`;
}

function itemRaw(shape: RowShape, column: Column): string {
  if (column.sourcePath.endsWith(`[].${POSITION}`)) return 'CAST(n AS VARCHAR)';
  if (column.sourcePath.endsWith(`[].${ITEM}`)) {
    const occurrence = 'len(list_filter(list_slice(h, 1, n), lambda y: y = h[n]))';
    return `h[n] || CASE WHEN ${occurrence} > 1 THEN '#' || ${occurrence} ELSE '' END`;
  }
  return shape.raw(column, 'r', 'i');
}

function hashSql(shape: RowShape, contents: readonly RawColumn[]): string {
  const parts = contents.map((column) => `coalesce(${shape.raw(column, 'r', 'x')}, ${NULL_MARK})`);
  return `md5(${parts.length === 0 ? sqlText('') : parts.join(` || ${SEPARATOR} || `)})`;
}
