import type { Column } from '#lib/domain/dataset/dataset.ts';
import { parseSourcePath } from './source-path.ts';

/**
 * Values of the key columns of a row, as text equal to what the stage and a table show of them: texts and identifiers, integers, booleans.
 * A column is missing where the value is of another type, of a type that has several texts (times, decimals), or of an item of the row.
 * @param unsure columns whose value must not be trusted.
 */
export function findReadableKey(
  columns: readonly Column[],
  row: Uint8Array,
  unsure: ReadonlySet<string | null>,
): Readonly<Record<string, string>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('utf8'));
  } catch {
    return {};
  }
  const keys: Record<string, string> = {};
  for (const column of columns) {
    if (!column.key || unsure.has(column.name) || column.sourcePath.includes('[]')) continue;
    const text = textOf(column, valueAt(value, parseSourcePath(column.sourcePath)));
    if (text !== null) keys[column.name] = text;
  }
  return keys;
}

function valueAt(row: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[name] : undefined),
    row,
  );
}

function textOf({ type }: Column, value: unknown): string | null {
  switch (type) {
    case 'string':
    case 'guid':
      return typeof value === 'string' ? value : null;
    case 'int32':
    case 'int64':
      return Number.isSafeInteger(value) ? String(value) : null;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : null;
    default:
      return null;
  }
}
