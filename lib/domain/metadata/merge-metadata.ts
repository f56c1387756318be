import { uniqueName } from '#lib/domain/dataset/column-name.ts';
import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { DifferenceKind } from './metadata.ts';

/** A difference that a merge found and a person has to decide. */
export interface MergeDifference {
  readonly kind: Exclude<DifferenceKind, 'dataset-new' | 'dataset-gone'>;
  readonly sourcePath: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface MergedDefinition {
  readonly definition: DatasetDefinition;
  /** The new generation, base of the next merge. */
  readonly generated: DatasetDefinition;
  readonly differences: readonly MergeDifference[];
}

/**
 * Merges a new generation into a dataset. Edits by a person stay; facts about the source (permissions, descriptions, read
 * options) are taken from the new generation; changes to the table are reported as differences: new columns are added
 * (selected as generated when `selectNew`, else deselected), gone columns stay, retyped columns keep their type.
 * `base`: the previous generation; null when unknown.
 */
export function mergeDefinition(
  current: DatasetDefinition,
  base: DatasetDefinition | null,
  next: DatasetDefinition,
  options: { readonly selectNew: boolean },
): MergedDefinition {
  const differences: MergeDifference[] = [];
  const own = new Map(current.columns.map((column) => [column.sourcePath, column]));
  const before = new Map(base?.columns.map((column) => [column.sourcePath, column]));
  const offered = new Set(next.columns.map((column) => column.sourcePath));
  const names = new Set(current.columns.map((column) => column.name.toLowerCase()));
  const columns: Column[] = [];
  for (const column of next.columns) {
    const mine = own.get(column.sourcePath);
    const was = before.get(column.sourcePath);
    if (mine !== undefined) {
      columns.push(mergeColumn(mine, was, column));
      if ((was ?? mine).type !== column.type) {
        const change = { before: mine.type, after: column.type };
        differences.push({ kind: 'column-retyped', sourcePath: column.sourcePath, ...change });
      }
    } else if (was === undefined) {
      const name = uniqueName(column.name, names);
      columns.push({ ...column, name, selected: options.selectNew && column.selected, key: options.selectNew && column.key });
      differences.push({ kind: 'column-new', sourcePath: column.sourcePath, before: null, after: column.type });
    }
  }
  const kept = current.columns.filter((column) => !offered.has(column.sourcePath));
  for (const column of kept) {
    const known = base === null ? column.origin === 'metadata' : before.has(column.sourcePath);
    if (column.origin === 'metadata' && known) {
      differences.push({ kind: 'column-gone', sourcePath: column.sourcePath, before: column.type, after: null });
    }
  }
  // Columns that sampling found are not in $metadata; they are kept.
  const sampled = base?.columns.filter((column) => column.origin === 'sample' && !offered.has(column.sourcePath)) ?? [];
  return {
    definition: { ...next, name: current.name, filter: mergeFilter(current, base, next), columns: [...columns, ...kept] },
    generated: { ...next, columns: [...next.columns, ...sampled] },
    differences,
  };
}

/** A filter that a person set or removed stays; a generated filter follows the catalogue. */
function mergeFilter(current: DatasetDefinition, base: DatasetDefinition | null, next: DatasetDefinition): string | null {
  if (base === null) return current.filter ?? next.filter;
  return current.filter === base.filter ? next.filter : current.filter;
}

/** Merges a column that is in both. Without a base every value counts as a person's edit. */
function mergeColumn(mine: Column, was: Column | undefined, next: Column): Column {
  // A key that no person changed follows the catalogue, which gains knowledge of what Graph sends.
  const key = was !== undefined && was.key === mine.key ? next.key : mine.key;
  return {
    ...next,
    name: mine.name,
    type: mine.type,
    key,
    selected: mine.selected || key,
    nullable: was !== undefined && was.nullable === mine.nullable && !key ? next.nullable : key ? false : mine.nullable,
    nested: mine.nested,
    maxLength: next.maxLength ?? mine.maxLength,
    sampled: next.sampled ?? mine.sampled,
    enumValues: unionOrNull(next.enumValues, mine.enumValues),
  };
}

/** Values of both lists without repetition; null when neither is known. */
export function unionOrNull(one: readonly string[] | null, other: readonly string[] | null): string[] | null {
  return one === null && other === null ? null : [...new Set([...(one ?? []), ...(other ?? [])])];
}
