import type { Column } from '#lib/domain/dataset/dataset.ts';
import { parseSourcePath, type RawColumn, type RawSelect, shapeRows } from '../source-path.ts';
import { sqlText } from './sql-text.ts';

/**
 * Properties that no column holds: of the row (`@extra`), of an object in it (`manager.@extra`), or of the items of a collection
 * (`servicePlans[].@extra`). Names of columns that aren't read may follow in parentheses: `@extra(a,b)`.
 */
const EXTRA = /^(?:(.+)\.)?@extra(?:\(([^)]*)\))?$/;

/** Whether a column holds what no other one does. */
export function isExtraColumn({ sourcePath }: Pick<Column, 'sourcePath'>): boolean {
  return EXTRA.test(sourcePath);
}

/** Path of the object whose properties a column of extra ones holds; empty for the row itself. */
export function extraScope({ sourcePath }: Pick<Column, 'sourcePath'>): string {
  return EXTRA.exec(sourcePath)?.[1] ?? '';
}

/** Gives the columns of extra properties the names of the columns that aren't read: those are left out on purpose. */
export function withUnselectedNames(columns: readonly Column[], all: readonly Column[]): readonly Column[] {
  return columns.map((column) => {
    if (!isExtraColumn(column)) return column;
    const scope = extraScope(column);
    const read = new Set(namesIn(scope, columns));
    const others = namesIn(scope, all).filter((name) => !read.has(name));
    return { ...column, sourcePath: `${scope === '' ? '' : `${scope}.`}@extra(${[...new Set(others)].join(',')})` };
  });
}

/** Names of the properties of an object that columns hold, or would if they were read. */
export function knownNames(columns: readonly Column[], scope = ''): readonly string[] {
  const unread = columns.filter((column) => isExtraColumn(column) && extraScope(column) === scope);
  const named = unread.flatMap(({ sourcePath }) => (EXTRA.exec(sourcePath)?.[2] ?? '').split(',').filter((name) => name !== ''));
  return [...new Set([...namesIn(scope, columns), ...named])];
}

/** Names of the properties of the object at `scope` that columns are read from. */
function namesIn(scope: string, columns: readonly Column[]): readonly string[] {
  const above = scope === '' ? [] : parseSourcePath(scope);
  return columns.flatMap((column) => {
    if (isExtraColumn(column)) return [];
    const path = parseSourcePath(column.sourcePath);
    const isBelow = above.every((name, index) => path[index] === name);
    const name = isBelow ? path[above.length]?.replace(/\[\]$/, '') : undefined;
    return name === undefined || (name.startsWith('@') && !name.startsWith('@parent.')) ? [] : [name];
  });
}

/** JSON text of the properties of an object, as DuckDB's JSON, that none of `columns` holds; null where there are none. */
export function extraSql(json: string, columns: readonly Column[], scope: string): string {
  const known = inList(knownNames(columns, scope).map((name) => name.toLowerCase()));
  const isUnknown = `lambda x: NOT contains(x, '@') AND lower(x) NOT IN ${known}`;
  // As JSON pointer (RFC 6901) a name may hold any character.
  const value = `CAST(json_extract(${json}, '/' || replace(replace(y, '~', '~0'), '/', '~1')) AS VARCHAR)`;
  const members = `list_transform(list_filter(json_keys(${json}), ${isUnknown}), lambda y: CAST(to_json(y) AS VARCHAR) || ':' || ${value})`;
  return `CASE WHEN json_type(${json}) = 'OBJECT' THEN nullif('{' || array_to_string(${members}, ',') || '}', '{}') END`;
}

/** Rows with what no column holds: JSON of the properties whose names (whatever their case) belong to no column. Annotations are none. */
export function selectWithExtra(columns: readonly Column[]): RawSelect {
  const own = columns.filter((column) => !isExtraColumn(column));
  // What has extra properties is read whole, its parts are taken out of it.
  const whole = columns.filter((column) => isExtraColumn(column) && extraScope(column) !== '').map(wholeOf);
  const shape = shapeRows([...own, ...whole]);
  const raw = columns.map((column, index) => {
    if (!isExtraColumn(column)) return `${shape.raw(column, 's')} AS c${index}`;
    const scope = extraScope(column);
    return `${extraSql(scope === '' ? 'r' : shape.nested(wholeOf(column), 's'), columns, scope)} AS c${index}`;
  });
  const ofRows = columns.some((column) => isExtraColumn(column) && extraScope(column) === '');
  return {
    shape: ofRows ? { ...shape, type: 'JSON' } : shape,
    select: (rows) => {
      const typed = ofRows
        ? `SELECT r, from_json(r, ${sqlText(shape.json)}) AS s FROM (${rows})`
        : `SELECT r AS s FROM (${rows})`;
      return `SELECT ${raw.join(', ')} FROM (${typed})`;
    },
  };
}

function wholeOf(column: Column): RawColumn {
  return { sourcePath: extraScope(column), type: 'json' };
}

function inList(names: readonly string[]): string {
  return names.length === 0 ? `('')` : `(${names.map(sqlText).join(', ')})`;
}
