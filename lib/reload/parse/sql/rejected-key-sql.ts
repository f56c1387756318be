import { sqlText } from './sql-text.ts';

/** The value of a key column in a row of `rejected`, as text. */
export function keySql(column: string): string {
  return `json_extract_string(keys, ${sqlText(`$."${column.replaceAll('"', '\\"')}"`)})`;
}

/** By which key columns the landed rows of rows that were set aside are found. */
export interface RejectedKeys {
  /** Names of all key columns. */
  readonly key: readonly string[];
  /** See StagedRejected. */
  readonly keyColumns: readonly (readonly string[])[];
}

/** SQL of the condition that a row of `rejected` has values of exactly these key columns. */
export function hasKeysSql(columns: readonly string[], key: readonly string[]): string {
  return key.map((name) => `${keySql(name)} IS ${columns.includes(name) ? 'NOT NULL' : 'NULL'}`).join(' AND ');
}

/** SQL of the condition that a row, whose key columns `value` gives as text, has the key of a row that was set aside. */
export function isRejectedSql({ key, keyColumns }: RejectedKeys, value: (column: string) => string): string {
  if (keyColumns.length === 0) return 'false';
  const conditions = keyColumns.map((columns) => {
    if (columns.length === 0) return 'true';
    const rejected = `SELECT ${columns.map(keySql).join(', ')} FROM rejected WHERE ${hasKeysSql(columns, key)}`;
    return `(${columns.map(value).join(', ')}) IN (${rejected})`;
  });
  return `(${conditions.join(' OR ')})`;
}
