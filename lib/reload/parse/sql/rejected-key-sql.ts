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

/** The relation with the keys of the rows that were set aside. */
interface RejectedRelation {
  readonly name: string;
  /** SQL of the value of a key column in it, as text; null: the row has none. */
  readonly keySql: (column: string) => string;
}

const STAGED: RejectedRelation = { name: 'rejected', keySql };

/** SQL of the condition that a row of the relation has values of exactly these key columns. */
export function hasKeysSql(columns: readonly string[], key: readonly string[], relation = STAGED): string {
  return key.map((name) => `${relation.keySql(name)} IS ${columns.includes(name) ? 'NOT NULL' : 'NULL'}`).join(' AND ');
}

/** SQL of the condition that a row, whose key columns `value` gives as text, has the key of a row that was set aside. */
export function isRejectedSql(
  { key, keyColumns }: RejectedKeys,
  value: (column: string) => string,
  relation: RejectedRelation = STAGED,
): string {
  if (keyColumns.length === 0) return 'false';
  const conditions = keyColumns.map((columns) => {
    if (columns.length === 0) return 'true';
    const rejected = `SELECT ${columns.map(relation.keySql).join(', ')} FROM ${relation.name} WHERE ${hasKeysSql(columns, key, relation)}`;
    return `(${columns.map(value).join(', ')}) IN (${rejected})`;
  });
  return `(${conditions.join(' OR ')})`;
}
