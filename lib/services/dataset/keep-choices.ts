import type { Column, DatasetDefinition } from '#lib/domain/dataset.ts';

/** A newly generated definition with the choices that people made in the one before it: selected columns and column names. */
export function keepChoices(before: DatasetDefinition, generated: DatasetDefinition): DatasetDefinition {
  const chosen = new Map(before.columns.map((column) => [column.sourcePath, column]));
  const keep = (column: Column): Column => {
    const choice = chosen.get(column.sourcePath);
    return choice === undefined ? column : { ...column, name: choice.name, selected: choice.selected || column.key };
  };
  return { ...generated, columns: generated.columns.map(keep) };
}
