import { legalColumnName } from '#lib/domain/dataset/column-name.ts';
import type { Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import type { SampledColumn } from '#lib/domain/metadata/merge-sample.ts';
import type { Row } from '#lib/graph/client/answer.ts';
import { parseSourcePath } from '#lib/reload/parse/source-path.ts';
import { extraScope, isExtraColumn, knownNames } from '#lib/reload/parse/sql/extra-sql.ts';
import { foundColumn } from './extensions.ts';

/** Values of rows by a source path, one for each item where it goes over a collection; undefined where there is none. Names match without case. */
function valuesAt(rows: readonly Row[], path: string): readonly unknown[] {
  return parseSourcePath(path).reduce<readonly unknown[]>((values, part) => {
    const isList = part.endsWith('[]');
    const found = values.map((value) => propertyOf(value, isList ? part.slice(0, -2) : part));
    return isList ? found.flatMap((value): readonly unknown[] => (Array.isArray(value) ? value : [])) : found;
  }, rows);
}

function propertyOf(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return value[name];
  return Object.entries(value).find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];
}

/** What no property of Graph holds: it is made of several, or of none. */
function isMade({ sourcePath }: Column): boolean {
  return isExtraColumn({ sourcePath }) || /\[\]\.@(?:item|position)$/.test(sourcePath);
}

/**
 * Statistics of the requested columns over rows (or the items of a collection): number without a value, longest text,
 * members of enumerations that are not in $metadata.
 */
export function profileColumns(columns: readonly Column[], rows: readonly Row[]): SampledColumn[] {
  return columns.map((column) => {
    const found = column.origin === 'sample';
    if (isMade(column)) return { found, column };
    const all = valuesAt(rows, column.sourcePath);
    const values = all.filter((value) => value !== undefined && value !== null);
    const texts = values.filter((value) => typeof value === 'string');
    return {
      found,
      column: {
        ...column,
        sampled: { rows: all.length, nulls: all.length - values.length },
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

/**
 * Properties that no column covers: of open types, of a newer service than its $metadata. They are looked for in the rows, or in the items
 * that a child dataset is about, and in objects that are read along. Names that differ in case alone are the same.
 */
export function findColumns(columns: readonly Column[], rows: readonly Row[]): SampledColumn[] {
  const scopes = new Set(columns.filter(isExtraColumn).map(extraScope));
  if (!columns.some(({ sourcePath }) => sourcePath.includes('[]'))) scopes.add('');
  return [...scopes].flatMap((scope) => {
    const objects = (scope === '' ? rows : valuesAt(rows, scope)).filter(isObject);
    const known = new Set(knownNames(columns, scope).map((name) => name.toLowerCase()));
    const names = new Set(objects.flatMap((object) => Object.keys(object)).filter((name) => !name.includes('@')));
    const prefix = scope === '' || scope.endsWith('[]') ? '' : `${scope.replaceAll('.', '_')}_`;
    const found = [...names]
      .filter((name) => !known.has(name.toLowerCase()))
      .map((name) => guessColumn(`${prefix}${name}`, scope === '' ? name : `${scope}.${name}`, rows));
    return profileColumns(found, rows);
  });
}

/**
 * Custom security attributes: `customSecurityAttributes.{set}.{attribute}`, whose types are in adjacent annotations (Graph doc "Overview
 * of custom security attributes").
 */
export function findSecurityAttributes(column: Column, rows: readonly Row[]): SampledColumn[] {
  const paths = new Map<string, string>();
  for (const row of rows) {
    const [sets] = valuesAt([row], column.sourcePath);
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
  const values = valuesAt(rows, sourcePath).filter((value) => value !== undefined && value !== null);
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
