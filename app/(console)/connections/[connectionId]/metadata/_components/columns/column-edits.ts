import { columnNameProblem } from '#lib/domain/dataset/column-name.ts';
import type { Column } from '#lib/domain/dataset/dataset.ts';

/** Changes to a column; absent members stay unchanged. */
export interface ColumnEdit {
  readonly sourcePath: string;
  readonly selected?: boolean;
  readonly name?: string;
  readonly type?: Column['type'];
  readonly nullable?: boolean;
  readonly key?: boolean;
  readonly nested?: Column['nested'];
}

/** Columns after edits. Key columns always stay selected and not nullable, since they identify rows. */
export function applyEdits(columns: readonly Column[], edits: readonly ColumnEdit[]): readonly Column[] {
  const byPath = new Map(edits.map((edit) => [edit.sourcePath, edit]));
  return columns.map((column) => {
    const edit = byPath.get(column.sourcePath);
    if (edit === undefined) return column;
    const edited = { ...column, ...edit };
    return edited.key ? { ...edited, selected: true, nullable: false } : edited;
  });
}

/** Choices for many columns at once. */
export const BULK_CHOICES = ['all', 'default', 'none', 'shown', 'shown-off'] as const;
export type BulkChoice = (typeof BULK_CHOICES)[number];

/** Edits for a bulk choice; only columns that change. `shown`: columns that match the search. */
export function bulkEdits(columns: readonly Column[], shown: readonly Column[], choice: BulkChoice): readonly ColumnEdit[] {
  const inSight = new Set(shown.map((column) => column.sourcePath));
  const wanted = (column: Column): boolean => {
    switch (choice) {
      case 'all':
        return true;
      case 'none':
        return false;
      case 'default':
        return column.returnedByDefault;
      case 'shown':
        return column.selected || inSight.has(column.sourcePath);
      case 'shown-off':
        return column.selected && !inSight.has(column.sourcePath);
    }
  };
  return columns
    .filter((column) => !column.key && wanted(column) !== column.selected)
    .map((column) => ({ sourcePath: column.sourcePath, selected: wanted(column) }));
}

/** Source paths of the columns from one to another as shown, inclusive: the range of a Shift click. */
export function columnRange(shown: readonly Column[], from: string | null, to: string): readonly string[] {
  const paths = shown.map((column) => column.sourcePath);
  const [a, b] = [from === null ? -1 : paths.indexOf(from), paths.indexOf(to)];
  return a < 0 || b < 0 ? [to] : paths.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** What is wrong with a new name of a column among the others; null when it is valid. */
export function renameProblem(columns: readonly Column[], sourcePath: string, name: string): string | null {
  return columnNameProblem(
    name,
    columns.filter((column) => column.sourcePath !== sourcePath).map((column) => column.name),
  );
}

/** A sentence about selected columns that `$select` refuses together with this one; null: none. */
export function conflictOf(column: Column, columns: readonly Column[]): string | null {
  if (!column.selected) return null;
  const beside = columns.filter((other) => other.selected && column.conflictsWith.includes(other.sourcePath));
  return beside.length === 0
    ? null
    : `Graph does not return this column together with ${beside.map((other) => other.name).join(', ')}.`;
}
