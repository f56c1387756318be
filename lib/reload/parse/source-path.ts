import type { Column } from '#lib/domain/dataset/dataset.ts';
import { sqlName, sqlText } from './sql/sql-text.ts';

/**
 * Property names from the row down. A dot separates them, except in an annotation: OData names those with `@`
 * (`@odata.type`, `manager@odata.type`; OData JSON Format 4.01, section 4.6), and dots are part of what follows. A name that ends in `[]`
 * is a collection whose items are rows (`assignedLicenses[].skuId`).
 */
export function parseSourcePath(sourcePath: string): readonly string[] {
  const at = sourcePath.indexOf('@');
  if (at < 0) return sourcePath.split('.');
  const start = sourcePath.lastIndexOf('.', at) + 1;
  const parents = start === 0 ? [] : sourcePath.slice(0, start - 1).split('.');
  return [...parents, sourcePath.slice(start)];
}

/** Of a path over a collection: the names down to it, and those below its items. Null for a path of the row itself. */
export function splitAtItems(
  names: readonly string[],
): { readonly list: readonly string[]; readonly item: readonly string[] } | null {
  const index = names.findIndex((name) => name.endsWith('[]'));
  return index < 0 ? null : { list: names.slice(0, index + 1), item: names.slice(index + 1) };
}

/** A requested property: whole, in parts, or both. */
interface Node {
  readonly children: Map<string, Node>;
  leaf: 'text' | 'json' | null;
}

/** A path and how its value is read: nested values stay JSON. */
export type RawColumn = Pick<Column, 'sourcePath' | 'type'>;

/** How the rows of a page are read: DuckDB's type of one row, and the expression of the raw value of each column. */
export interface RowShape {
  readonly type: string;
  /** The same type as `from_json` takes it. */
  readonly json: string;
  /**
   * Text as Graph sent it (strings unescaped, nested values as JSON text), or null. `row` is what holds the row; for a path over a
   * collection `item` is what holds one of its items.
   */
  readonly raw: (column: RawColumn, row: string, item?: string) => string;
  /** The value of a nested column of the row itself as DuckDB's JSON: known to be JSON, it isn't parsed again. */
  readonly nested: (column: RawColumn, row: string) => string;
}

/** Raw values of rows, or of the items of a collection of each row: what to read and how to select it. */
export interface RawSelect {
  readonly shape: RowShape;
  /** From `rows`, a query with the one column `r`: columns `c0`, `c1`, … as text. */
  readonly select: (rows: string) => string;
}

/**
 * The explicit type for `read_json`: properties that no column needs are skipped by the parser. Scalars are read as text, so that
 * nothing is lost before our own checks.
 */
export function shapeRows(columns: readonly RawColumn[]): RowShape {
  const root: Node = { children: new Map(), leaf: null };
  for (const column of columns) {
    let node = root;
    for (const name of parseSourcePath(column.sourcePath)) {
      let child = node.children.get(name);
      if (child === undefined) {
        child = { children: new Map(), leaf: null };
        node.children.set(name, child);
      }
      node = child;
    }
    node.leaf = column.type === 'json' ? 'json' : (node.leaf ?? 'text');
  }
  return {
    type: structType(root),
    json: JSON.stringify(jsonType(root)),
    raw: (column, row, item) => rawExpression(root, column, row, item),
    nested: (column, row) => jsonExpression(root, column, row),
  };
}

function structType(node: Node): string {
  const fields = [...node.children].map(([name, child]) =>
    name.endsWith('[]') ? `${sqlName(name.slice(0, -2))} ${nodeType(child)}[]` : `${sqlName(name)} ${nodeType(child)}`,
  );
  return `STRUCT(${fields.join(', ')})`;
}

function jsonType(node: Node): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...node.children].map(([name, child]) => {
      const type = isStruct(child) ? jsonType(child) : nodeType(child);
      return name.endsWith('[]') ? [name.slice(0, -2), [type]] : [name, type];
    }),
  );
}

function nodeType(node: Node): string {
  // Asked for whole and in parts: read whole, the parts are taken out of the JSON.
  if (isStruct(node)) return structType(node);
  return node.leaf === 'text' && node.children.size === 0 ? 'VARCHAR' : 'JSON';
}

function isStruct(node: Node): boolean {
  return node.children.size > 0 && node.leaf === null;
}

function rawExpression(root: Node, column: RawColumn, row: string, item: string | undefined): string {
  if (column.type === 'json') return `CAST(${jsonExpression(root, column, row, item)} AS VARCHAR)`;
  const { sql, node, rest } = follow(root, column, row, item);
  if (rest.length > 0) return `(${sql} ->> ${jsonPath(rest)})`;
  return node.children.size > 0 || node.leaf === 'json' ? `(${sql} ->> '$')` : sql;
}

function jsonExpression(root: Node, column: RawColumn, row: string, item?: string): string {
  const { sql, rest } = follow(root, column, row, item);
  return rest.length > 0 ? `(${sql} -> ${jsonPath(rest)})` : sql;
}

/** The expression of the last node of the path that is read separately, and the names below it. */
function follow(root: Node, column: RawColumn, row: string, item: string | undefined) {
  const names = parseSourcePath(column.sourcePath);
  let node = root;
  let sql = row;
  for (const [index, name] of names.entries()) {
    const child = node.children.get(name);
    if (child === undefined) throw new TypeError(`No node for ${column.sourcePath}`);
    const isList = name.endsWith('[]');
    if (isList && item !== undefined) sql = item;
    else sql += `.${sqlName(isList ? name.slice(0, -2) : name)}`;
    node = child;
    const rest = names.slice(index + 1);
    if (rest.length > 0 && node.leaf !== null) return { sql, node, rest };
  }
  return { sql, node, rest: [] };
}

function jsonPath(names: readonly string[]): string {
  return sqlText(`$${names.map((name) => `."${name}"`).join('')}`);
}
