import { legalColumnName } from '#lib/domain/column-name.ts';
import type { Column, ColumnType } from '#lib/domain/dataset.ts';
import type { SampledColumn } from '#lib/domain/merge-sample.ts';
import type { Row } from '#lib/graph/answer.ts';
import { foundColumn } from './extensions.ts';

/** A value by its source path; undefined where the row doesn't have it. */
export function valueAt(row: Row, path: string): unknown {
  if (path in row) return row[path];
  return path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), row);
}

/**
 * What rows say of the columns that were asked for: how many have no value, the longest text, members of enumerations that $metadata
 * doesn't list.
 */
export function profileColumns(columns: readonly Column[], rows: readonly Row[]): SampledColumn[] {
  return columns.map((column) => {
    const values = rows.map((row) => valueAt(row, column.sourcePath)).filter((value) => value !== undefined && value !== null);
    const texts = values.filter((value) => typeof value === 'string');
    return {
      found: column.origin === 'sample',
      column: {
        ...column,
        sampled: { rows: rows.length, nulls: rows.length - values.length },
        maxLength: texts.length === 0 ? null : Math.max(...texts.map((text) => text.length)),
        enumValues: column.enumValues === null ? null : withSeen(column.enumValues, values),
      },
    };
  });
}

/** Flags come as names with commas between them; an enumeration may also be empty text. */
function withSeen(members: readonly string[], values: readonly unknown[]): string[] {
  const seen = values
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return [...new Set([...members, ...seen])];
}

/** Properties of rows that no column covers: of open types, of a newer service than its $metadata. Case doesn't tell names apart. */
export function findColumns(columns: readonly Column[], rows: readonly Row[]): SampledColumn[] {
  const known = new Set(columns.map(({ sourcePath }) => (sourcePath.split('.')[0] ?? '').toLowerCase()));
  const names = new Set(rows.flatMap((row) => Object.keys(row)).filter((name) => !name.includes('@')));
  const found = [...names].filter((name) => !known.has(name.toLowerCase())).map((name) => guessColumn(name, name, rows));
  return profileColumns(found, rows);
}

/**
 * Custom security attributes: `customSecurityAttributes.{set}.{attribute}`, whose types are in annotations beside them (Graph doc "Overview
 * of custom security attributes").
 */
export function findSecurityAttributes(column: Column, rows: readonly Row[]): SampledColumn[] {
  const paths = new Map<string, string>();
  for (const row of rows) {
    const sets = valueAt(row, column.sourcePath);
    if (!isObject(sets)) continue;
    for (const [set, attributes] of Object.entries(sets)) {
      if (!isObject(attributes)) continue;
      for (const name of Object.keys(attributes)) {
        if (!name.includes('@')) paths.set(`${column.sourcePath}.${set}.${name}`, `${set}_${name}`);
      }
    }
  }
  const found = [...paths].map(([path, name]) => ({
    ...guessColumn(name, path, rows),
    permission: column.permission,
    licence: column.licence,
    description: 'Custom security attribute.',
  }));
  return profileColumns(found, rows);
}

function guessColumn(name: string, sourcePath: string, rows: readonly Row[]): Column {
  const values = rows.map((row) => valueAt(row, sourcePath)).filter((value) => value !== undefined && value !== null);
  const [type, edmType] = guessType(values);
  return {
    ...foundColumn({ name: legalColumnName(name), sourcePath, type, edmType, description: null }),
    returnedByDefault: true,
  };
}

/** A type that holds all of the values. Text is never read as a date or number: the next row may hold any text. */
function guessType(values: readonly unknown[]): readonly [ColumnType, string] {
  const all = (test: (value: unknown) => boolean) => values.length > 0 && values.every(test);
  if (all((value) => typeof value === 'boolean')) return ['boolean', 'Edm.Boolean'];
  if (all((value) => Number.isSafeInteger(value))) return ['int64', 'Edm.Int64'];
  if (all((value) => typeof value === 'number')) return ['double', 'Edm.Double'];
  if (all((value) => typeof value === 'string')) return ['string', 'Edm.String'];
  if (all(Array.isArray)) return ['json', 'Collection(Edm.Untyped)'];
  return values.length === 0 ? ['string', 'Edm.String'] : ['json', 'Edm.Untyped'];
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
