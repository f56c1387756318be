import { createHash } from 'node:crypto';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { parseSourcePath, splitAtItems } from './source-path.ts';
import { extraScope, isExtraColumn, knownNames } from './sql/extra-sql.ts';
import { itemsPath } from './sql/item-sql.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * Values of a row as the engine would stage them, one list per resulting row, in the order of the columns: a row of Graph, or one per
 * item of the collection that the columns go over. For looking at a few rows; a reload leaves this to the parser.
 */
export function rowValues(row: Row, columns: readonly Column[]): readonly (readonly unknown[])[] {
  const path = itemsPath(columns);
  if (path === null)
    return [
      columns.map((column) =>
        isExtraColumn(column) ? extraIn(row, columns, column) : valueAt(row, parseSourcePath(column.sourcePath)),
      ),
    ];
  const list = valueAt(row, parseSourcePath(path));
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  const seen = new Map<string, number>();
  return items.map((item, index) => {
    const identity = numbered(
      seen,
      createHash('md5')
        .update(JSON.stringify(item ?? null))
        .digest('hex'),
    );
    return columns.map((column) => {
      const split = splitAtItems(parseSourcePath(column.sourcePath));
      if (split === null) return valueAt(row, parseSourcePath(column.sourcePath));
      if (isExtraColumn(column)) return extraOf(item, columns, extraScope(column));
      if (split.item[0] === '@position') return index + 1;
      return split.item[0] === '@item' ? identity : valueAt(item, split.item);
    });
  });
}

function numbered(seen: Map<string, number>, hash: string): string {
  const count = (seen.get(hash) ?? 0) + 1;
  seen.set(hash, count);
  return count === 1 ? hash : `${hash}#${count}`;
}

/** A property down a path. Of several spellings the exact one counts, but for a null: then one that has a value. */
function valueAt(from: unknown, names: readonly string[]): unknown {
  let at = from;
  for (const name of names) {
    if (at === null || typeof at !== 'object') return null;
    const record = at as Row;
    at = Object.hasOwn(record, name) ? record[name] : null;
    const lower = name.toLowerCase();
    at ??= Object.entries(record).find(([other, value]) => value !== null && other.toLowerCase() === lower)?.[1];
  }
  return at ?? null;
}

function extraIn(row: Row, columns: readonly Column[], column: Column): Row | null {
  const scope = extraScope(column);
  return extraOf(scope === '' ? row : valueAt(row, parseSourcePath(scope)), columns, scope);
}

function extraOf(object: unknown, columns: readonly Column[], scope: string): Row | null {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return null;
  const known = new Set(knownNames(columns, scope).map((name) => name.toLowerCase()));
  const rest = Object.entries(object).filter(([name]) => !name.includes('@') && !known.has(name.toLowerCase()));
  return rest.length === 0 ? null : Object.fromEntries(rest);
}
