import type { Column } from '#lib/domain/dataset/dataset.ts';
import { parseSourcePath, type RawColumn, type RawSelect, shapeRows, splitAtItems } from '../source-path.ts';
import { extraSql, isExtraColumn } from './extra-sql.ts';
import { sqlName, sqlText } from './sql-text.ts';

/** Place of an item in its collection, from 1. */
const POSITION = '@position';
/** Stands for the content of an item; equal items of one object are numbered from the second one on. */
const ITEM = '@item';

/** Keeps values apart within a hash, and null from the empty text. */
const SEPARATOR = 'chr(31)';
const NULL_MARK = 'chr(30)';

/** The collection whose items are the rows, as source path without the brackets; null when the rows are the rows. */
export function itemsPath(columns: readonly Column[]): string | null {
  for (const { sourcePath } of columns) {
    const split = splitAtItems(parseSourcePath(sourcePath));
    if (split !== null) return split.list.join('.').slice(0, -2);
  }
  return null;
}

/**
 * One row per item of a collection, with values of the object that it belongs to. An object without items has no rows.
 * @throws TypeError when the columns use two collections: their items do not correspond.
 */
export function selectItems(columns: readonly Column[], path: string): RawSelect {
  if (columns.some((column) => isOfItem(column) && !column.sourcePath.startsWith(`${path}[]`))) {
    throw new TypeError('The columns of a dataset go over one collection only.');
  }
  const list: RawColumn = { sourcePath: `${path}[]`, type: columns.some(isExtraColumn) ? 'json' : 'string' };
  const contents = columns.filter((column) => isOfItem(column) && !isComputed(column) && !isExtraColumn(column));
  // Items of which only the position, or the whole, is requested still have to be read.
  const whole = contents.length === 0 || list.type === 'json' ? [list] : [];
  const shape = shapeRows([...columns.filter((column) => !isComputed(column) && !isExtraColumn(column)), ...whole]);
  const item: ItemSql = {
    raw: (column, at) => shape.raw(column, 'r', at),
    extra: (at) => (list.type === 'json' ? extraSql(at, columns, `${path}[]`) : null),
  };
  const needsHash = columns.some(({ sourcePath }) => sourcePath.endsWith(`.${ITEM}`));
  const hashes = needsHash ? `list_transform(l, lambda i: ${hashSql(item, contents)})` : 'NULL';
  const raw = columns.map((column, index) => `${itemRaw(item, column)} AS c${index}`);
  return {
    shape,
    select: (rows) => `SELECT ${raw.join(', ')} FROM (SELECT r, h, unnest(l) AS i, generate_subscripts(l, 1) AS n
      FROM (SELECT r, l, ${hashes} AS h FROM (SELECT r, ${listSql(path)} AS l FROM (${rows}))))`,
  };
}

/** Expressions of an item, given what holds it. */
interface ItemSql {
  readonly raw: (column: Column, at: string) => string;
  /** Null when no column asks for it. */
  readonly extra: (at: string) => string | null;
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

function itemRaw(item: ItemSql, column: Column): string {
  if (isExtraColumn(column)) return item.extra('i') ?? 'NULL';
  if (column.sourcePath.endsWith(`[].${POSITION}`)) return 'CAST(n AS VARCHAR)';
  if (column.sourcePath.endsWith(`[].${ITEM}`)) {
    const occurrence = 'len(list_filter(list_slice(h, 1, n), lambda y: y = h[n]))';
    return `h[n] || CASE WHEN ${occurrence} > 1 THEN '#' || ${occurrence} ELSE '' END`;
  }
  return item.raw(column, 'i');
}

/** Extra properties count only where there are any: items without keep the hash that they had before there was a column for them. */
function hashSql(item: ItemSql, contents: readonly Column[]): string {
  const parts = contents.map((column) => `coalesce(${item.raw(column, 'i')}, ${NULL_MARK})`);
  const extra = item.extra('i');
  const more = extra === null ? '' : ` || coalesce(${SEPARATOR} || ${extra}, '')`;
  return `md5(${parts.length === 0 ? sqlText('') : parts.join(` || ${SEPARATOR} || `)}${more})`;
}
