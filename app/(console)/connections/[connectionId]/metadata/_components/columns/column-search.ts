import type { Column } from '#lib/domain/dataset/dataset.ts';

/** Columns that contain every word of `query` in name, source path, type or description. */
export function searchColumns(columns: readonly Column[], query: string): readonly Column[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return columns;
  return columns.filter((column) => {
    const text = [column.name, column.sourcePath, column.type, column.edmType, column.description ?? ''].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A change of one column's check box. */
export interface ColumnChoice {
  readonly sourcePaths: ReadonlySet<string>;
  readonly selected: boolean;
}

/** Columns after a choice. Key columns always stay selected, since they identify rows. */
export function chooseColumns(columns: readonly Column[], choice: ColumnChoice): readonly Column[] {
  return columns.map((column) =>
    choice.sourcePaths.has(column.sourcePath) ? { ...column, selected: choice.selected || column.key } : column,
  );
}
