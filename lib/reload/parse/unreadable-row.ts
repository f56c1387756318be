import type { Column } from '#lib/domain/dataset/dataset.ts';
import { type Properties, readMembers } from './json/page-members.ts';
import { parseSourcePath } from './source-path.ts';

/** A row that the parser can't take, named so that a person finds it: never by its values but those of its key. */
export interface UnreadableRow {
  /** Column, or property where no column has it. */
  readonly column: string;
  /** Values of the row's key columns, separated by ` / `; empty where it has none. */
  readonly key: string;
  /** What is wrong: `text where a list is expected`, `twice in one object`. */
  readonly found: string;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * The first row of a page that the parser can't take: a scalar or an object where a list is expected, a scalar or a list where an object is expected, a
 * property that stands twice. Null when the page is no document with a list of rows, or every row can be taken. Slow: for pages that failed.
 */
export function findUnreadableRow(columns: readonly Column[], body: Uint8Array): UnreadableRow | null {
  const rows = rowsOf(body);
  if (rows === null) return null;
  for (const row of rows) {
    // Not a list of rows at all: that is the page's fault.
    if (!isObject(row)) return null;
    const key = keyOf(columns, row);
    for (const column of columns) {
      const found = misfitOf(row, parseSourcePath(column.sourcePath));
      if (found !== null) return { column: column.name, key, found };
    }
  }
  return findRepeated(columns, body, rows.filter(isObject));
}

function rowsOf(body: Uint8Array): readonly unknown[] | null {
  try {
    const document: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
    return isObject(document) && Array.isArray(document['value']) ? document['value'] : null;
  } catch {
    return null;
  }
}

/** What stands on the way down a path where a list or an object is due; null when the way is free. */
function misfitOf(from: unknown, path: readonly string[]): string | null {
  let at = from;
  for (const [index, step] of path.entries()) {
    if (step.startsWith('@') || !isObject(at)) return null;
    const isList = step.endsWith('[]');
    at = at[isList ? step.slice(0, -2) : step];
    if (at === null || at === undefined) return null;
    if (isList) return Array.isArray(at) ? firstMisfit(at, path.slice(index + 1)) : `${kindOf(at)} where a list is expected`;
    if (index < path.length - 1 && !isObject(at)) return `${kindOf(at)} where an object is expected`;
  }
  return null;
}

function firstMisfit(items: readonly unknown[], rest: readonly string[]): string | null {
  for (const item of items) {
    if (rest.length > 0 && !rest[0]?.startsWith('@') && item !== null && !isObject(item))
      return `${kindOf(item)} where an object is expected`;
    const found = misfitOf(item, rest);
    if (found !== null) return found;
  }
  return null;
}

/** A property that stands twice in a row: which of its values counts is nobody's to say. */
function findRepeated(columns: readonly Column[], body: Uint8Array, rows: readonly Row[]): UnreadableRow | null {
  const names = columns.map(({ sourcePath }) => (parseSourcePath(sourcePath)[0] ?? sourcePath).replace(/\[\]$/, ''));
  const ofRow: Properties = new Map(names.map((name) => [name.toLowerCase(), { name, inner: new Map() }]));
  const document: Properties = new Map([['value', { name: 'value', inner: ofRow }]]);
  let index = 0;
  let found: UnreadableRow | null = null;
  readMembers(body, document, (members, properties) => {
    if (properties !== ofRow) return;
    const row = rows[index++];
    const seen = new Set<string>();
    for (const { name } of members) {
      if (seen.has(name)) found ??= { column: name, key: keyOf(columns, row ?? {}), found: 'twice in one object' };
      seen.add(name);
    }
  });
  return found;
}

function keyOf(columns: readonly Column[], row: Row): string {
  return columns
    .filter((column) => column.key)
    .flatMap(({ sourcePath }) => {
      const value = parseSourcePath(sourcePath).reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), row);
      return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
    })
    .join(' / ');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
