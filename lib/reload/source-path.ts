import type { Column } from '#lib/domain/dataset.ts';
import { sqlName, sqlText } from './sql-text.ts';

/**
 * Property names from the row down. A dot separates them, except in an annotation: OData names those with `@`
 * (`@odata.type`, `manager@odata.type`; OData JSON Format 4.01, section 4.6), and dots are part of what follows.
 */
export function parseSourcePath(sourcePath: string): readonly string[] {
  const at = sourcePath.indexOf('@');
  if (at < 0) return sourcePath.split('.');
  const start = sourcePath.lastIndexOf('.', at) + 1;
  const parents = start === 0 ? [] : sourcePath.slice(0, start - 1).split('.');
  return [...parents, sourcePath.slice(start)];
}

/** A property that is asked for: whole, in parts, or both. */
interface Node {
  readonly children: Map<string, Node>;
  leaf: 'text' | 'json' | null;
}

/** How the rows of a page are read: DuckDB's type of one row, and for each column the expression of its raw value in row `r`. */
export interface RowShape {
  readonly type: string;
  /** Text as Graph sent it (strings unescaped, nested values as JSON text), or null. */
  readonly raw: readonly string[];
}

/**
 * The explicit type for `read_json`: properties that no column needs are skipped by the parser. Scalars are read as text, so that
 * nothing is lost before our own checks.
 */
export function shapeRows(columns: readonly Column[]): RowShape {
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
  return { type: structType(root), raw: columns.map((column) => rawExpression(root, column)) };
}

function structType(node: Node): string {
  const fields = [...node.children].map(([name, child]) => `${sqlName(name)} ${nodeType(child)}`);
  return `STRUCT(${fields.join(', ')})`;
}

function nodeType(node: Node): string {
  // Asked for whole and in parts: read whole, the parts are taken out of the JSON.
  if (node.children.size > 0 && node.leaf === null) return structType(node);
  return node.leaf === 'text' && node.children.size === 0 ? 'VARCHAR' : 'JSON';
}

function rawExpression(root: Node, column: Column): string {
  const names = parseSourcePath(column.sourcePath);
  let node = root;
  let sql = 'r';
  for (const [index, name] of names.entries()) {
    const child = node.children.get(name);
    if (child === undefined) throw new TypeError(`No node for ${column.sourcePath}`);
    sql += `.${sqlName(name)}`;
    node = child;
    const rest = names.slice(index + 1);
    if (rest.length > 0 && node.leaf !== null) return insideJson(sql, rest, column);
  }
  if (column.type === 'json') return `CAST(${sql} AS VARCHAR)`;
  return node.children.size > 0 || node.leaf === 'json' ? `(${sql} ->> '$')` : sql;
}

function insideJson(sql: string, rest: readonly string[], column: Column): string {
  const path = sqlText(`$${rest.map((name) => `."${name}"`).join('')}`);
  return column.type === 'json' ? `CAST(${sql} -> ${path} AS VARCHAR)` : `(${sql} ->> ${path})`;
}
