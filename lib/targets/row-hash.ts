import { createHash } from 'node:crypto';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';

/** Number of columns whose presence bits fit into one non-negative BIGINT. */
const MASK_BITS = 63;

/**
 * 64-bit hash over the set of compared columns and the value of each, including null, independent of the order of columns: hashes over different
 * sets of columns differ. The hashed text is unambiguous: first the set, then which columns have a value, then the
 * values, separated by NUL (which no value contains: page-batch.ts). MD5, since DuckDB's own `hash` may change with its version; one
 * call of `concat_ws`, which takes half the time of alternatives. Rows of one key with equal hashes count as equal; the probability of a missed
 * change is 1 in 2^64.
 */
export function rowHashSql(columns: readonly Column[]): string {
  const sorted = byName(columns);
  const text = `concat_ws(chr(0), ${[sqlText(coverageOf(columns)), ...presence(sorted), ...sorted.map(hashedText)].join(', ')})`;
  return `CAST(CAST(md5_number_lower(${text}) AS HUGEINT) - 9223372036854775808 AS BIGINT)`;
}

/** Identifies a set of compared columns by their names and types. */
export function coverageOf(columns: readonly Column[]): string {
  const facts = byName(columns).map(({ name, type }) => [name, type]);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

function byName(columns: readonly Column[]): readonly Column[] {
  return [...columns].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Numbers whose bits show which columns have a value. */
function presence(columns: readonly Column[]): readonly string[] {
  const masks: string[] = [];
  for (let from = 0; from < columns.length; from += MASK_BITS) {
    const bits = columns
      .slice(from, from + MASK_BITS)
      .map(({ name }, bit) => `CASE WHEN ${sqlName(name)} IS NULL THEN 0::BIGINT ELSE ${1n << BigInt(bit)}::BIGINT END`);
    masks.push(`CAST(${bits.reduce((all, one) => `(${all} | ${one})`)} AS VARCHAR)`);
  }
  return masks;
}

function hashedText({ name, type }: Column): string {
  const column = sqlName(name);
  switch (type) {
    case 'string':
    case 'json':
      return column;
    case 'binary':
      return `hex(${column})`;
    case 'dateTimeOffset':
      return `CAST(epoch_us(${column}) AS VARCHAR)`;
    default:
      return `CAST(${column} AS VARCHAR)`;
  }
}
