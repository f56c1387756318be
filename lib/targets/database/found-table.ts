import { AppError } from '#lib/platform/errors.ts';

/** A table that exists in the database. */
export interface FoundTable {
  /** Type by column name. */
  readonly columns: ReadonlyMap<string, string>;
  /** Columns of the primary key, in order. */
  readonly primaryKey: readonly string[];
}

/** Throws for a table that Entrada did not create, or that another update method created. @param table its name, to show */
export function requireTableOfMethod(table: string, found: Pick<FoundTable, 'columns'>, headerColumns: readonly string[]): void {
  if (headerColumns.every((name) => found.columns.has(name))) return;
  throw new AppError({
    code: 'table-not-ours',
    title: `The table ${table} exists, but this update method did not create it.`,
    detail: `The table lacks ${headerColumns.filter((name) => !found.columns.has(name)).join(', ')}.`,
    remedy: 'Choose another schema in the task, or drop or rename this table. Nothing was changed.',
    fixer: 'you',
  });
}

/** Throws unless the table has this primary key, in any order. @param key of the dataset, to show */
export function requireKey(table: string, { primaryKey }: FoundTable, wanted: readonly string[], key = wanted): void {
  if ([...primaryKey].sort().join('\n') === [...wanted].sort().join('\n')) return;
  throw new AppError({
    code: 'key-changed',
    title: `The key of the table ${table} is (${primaryKey.join(', ')}), but the key of the dataset is (${key.join(', ')}).`,
    remedy: `Choose the old key again on the connection metadata page, or drop the table ${table} to start again. Nothing was changed.`,
    fixer: 'you',
  });
}

export function retyped(table: string, column: string, from: string, to: string): AppError {
  return new AppError({
    code: 'column-retyped',
    title: `Column ${column} of ${table} has the type ${from}, and the dataset now has ${to}.`,
    remedy: `Rename the column on the connection metadata page, or drop the table ${table} to start again. Nothing was changed.`,
    fixer: 'you',
    field: column,
  });
}
