import type { Column } from '#lib/domain/dataset.ts';
import type { RawSelect } from './item-sql.ts';
import { parseSourcePath, shapeRows } from './source-path.ts';
import { sqlText } from './sql-text.ts';

/** Properties that no column holds; names of columns that aren't read may follow in parentheses: `@extra(a,b)`. */
const EXTRA = /^@extra(?:\(([^)]*)\))?$/;

/** Whether a column holds what no other one does. */
export function isExtra({ sourcePath }: Pick<Column, 'sourcePath'>): boolean {
  return EXTRA.test(sourcePath);
}

/** Tells the column of extra properties which ones the columns that aren't read would hold: those are left out knowingly. */
export function knowOthers(columns: readonly Column[], all: readonly Column[]): readonly Column[] {
  const read = new Set(columns.map((column) => topName(column.sourcePath)));
  const others = all.map((column) => topName(column.sourcePath)).filter((name) => !read.has(name) && !name.startsWith('@'));
  return columns.map((column) =>
    isExtra(column) ? { ...column, sourcePath: `@extra(${[...new Set(others)].join(',')})` } : column,
  );
}

/** Names of the properties that columns hold, or would if they were read. */
export function knownNames(columns: readonly Column[]): readonly string[] {
  return columns.flatMap(({ sourcePath }) => {
    const others = EXTRA.exec(sourcePath);
    return others === null ? [topName(sourcePath)] : (others[1] ?? '').split(',').filter((name) => name !== '');
  });
}

function topName(sourcePath: string): string {
  return parseSourcePath(sourcePath)[0] ?? sourcePath;
}

/** Rows with what no column holds: JSON of the properties whose names (whatever their case) belong to no column. Annotations are none. */
export function selectWithExtra(columns: readonly Column[]): RawSelect {
  const own = columns.filter((column) => !isExtra(column));
  const shape = shapeRows(own);
  const exact = [...new Set(own.map((column) => topName(column.sourcePath)))];
  const unread = columns.flatMap(({ sourcePath }) =>
    (EXTRA.exec(sourcePath)?.[1] ?? '').split(',').filter((name) => name !== ''),
  );
  const known = inList([...exact, ...unread].map((name) => name.toLowerCase()));
  const extra = `list_filter(k, lambda x: NOT contains(x, '@') AND lower(x) NOT IN ${known})`;
  const raw = columns.map((column, index) =>
    isExtra(column) ? `CASE WHEN len(e) > 0 THEN ${objectSql('e')} END AS c${index}` : `${shape.raw(column, 's')} AS c${index}`,
  );
  return {
    shape: { ...shape, type: 'JSON' },
    select: (rows) => `SELECT ${raw.join(', ')} FROM (
      SELECT r, e, from_json(r, ${sqlText(shape.json)}) AS s
      FROM (SELECT r, ${extra} AS e FROM (SELECT r, json_keys(r) AS k FROM (${rows}))))`,
  };
}

/** JSON text of an object of the properties of `r` named in a list. */
function objectSql(list: string): string {
  // As JSON pointer (RFC 6901) a name may hold any character.
  const value = "CAST(json_extract(r, '/' || replace(replace(x, '~', '~0'), '/', '~1')) AS VARCHAR)";
  const member = `CAST(to_json(x) AS VARCHAR) || ':' || ${value}`;
  return `('{' || array_to_string(list_transform(${list}, lambda x: ${member}), ',') || '}')`;
}

function inList(names: readonly string[]): string {
  return names.length === 0 ? `('')` : `(${names.map(sqlText).join(', ')})`;
}
