import { uniqueName } from '#lib/domain/dataset/column-name.ts';
import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { type MergedDefinition, unionOrNull } from './merge-metadata.ts';

/** Result of sampling for one column. */
export interface SampledColumn {
  /** The column as it would be generated, with what was observed: `sampled`, `maxLength`, `enumValues`. */
  readonly column: Column;
  /** Whether it was found in rows or in the tenant's extension definitions, and is not in $metadata. */
  readonly found: boolean;
}

/** Result of sampling a dataset. */
export interface SampledDataset {
  /** Number of sampled rows. */
  readonly rows: number;
  readonly columns: readonly SampledColumn[];
  /** Why sampling failed or stopped early; null when it did not. */
  readonly problem: string | null;
}

/**
 * Adds the result of sampling: facts on existing columns, and columns that are not in $metadata, deselected and to be decided. A column
 * that a person removed is not added again.
 */
export function mergeSample(
  current: DatasetDefinition,
  base: DatasetDefinition | null,
  sampled: readonly SampledColumn[],
): Omit<MergedDefinition, 'generated'> & { readonly generated: DatasetDefinition | null } {
  const seen = new Map(sampled.map(({ column }) => [column.sourcePath, column]));
  const withFacts = (column: Column): Column => {
    const facts = seen.get(column.sourcePath);
    if (facts === undefined) return column;
    const { maxLength, enumValues } = facts;
    return { ...column, sampled: facts.sampled, maxLength, enumValues: unionOrNull(column.enumValues, enumValues) };
  };
  const known = new Set([...current.columns, ...(base?.columns ?? [])].map((column) => column.sourcePath));
  const names = new Set(current.columns.map((column) => column.name.toLowerCase()));
  const added = sampled
    .filter(({ column, found }) => found && !known.has(column.sourcePath))
    .map(({ column }): Column => {
      const name = uniqueName(column.name, names);
      return { ...column, name, selected: false, key: false, nullable: true, origin: 'sample' };
    });
  return {
    definition: { ...current, columns: [...current.columns.map(withFacts), ...added] },
    generated: base === null ? null : { ...base, columns: [...base.columns.map(withFacts), ...added] },
    differences: added.map(({ sourcePath, type }) => ({ kind: 'column-new', sourcePath, before: null, after: type })),
  };
}
