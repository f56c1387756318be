import type { StagedRejected } from '#lib/reload/engine/sink.ts';
import { isRejectedSql, keySql, type RejectedKeys } from '#lib/reload/parse/sql/rejected-key-sql.ts';
import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';
import type { StageStore } from '../stage-store.ts';
import { locatedSql } from '../staged-sql.ts';

/**
 * The rows that were set aside, each once. Staged rows with the key of one count no more: what is landed of such a key is to stay as it is.
 * May be done again, also after more rows were read.
 * @param key names of the key columns.
 * @param namedMax rows that the answer names.
 */
export async function settleRejected(store: StageStore, key: readonly string[], namedMax: number): Promise<StagedRejected> {
  if ((await countRejected(store)) === 0) return { count: 0, rows: [], keyColumns: [] };
  await removeRepeated(store);
  const keyColumns = await findKeyColumns(store, key);
  const known = keyColumns.filter((columns) => columns.length > 0);
  if (known.length > 0) await supersedeRejected(store, { key, keyColumns: known });
  const text = key.length === 0 ? "''" : `concat_ws(' / ', ${key.map(keySql).join(', ')})`;
  const named = await store.query(`SELECT DISTINCT ${text}, "column", reason FROM rejected ORDER BY ALL LIMIT ${namedMax}`);
  const rows = named.map(([name, column, reason]) => ({
    key: String(name),
    column: column === null ? null : String(column),
    reason: String(reason),
  }));
  return { count: await countRejected(store), rows, keyColumns };
}

/** Rows that were set aside; a row that came twice counts twice before `settleRejected`. */
export async function countRejected(store: Pick<StageStore, 'query'>): Promise<number> {
  const [[count] = [0]] = await store.query('SELECT count(*) FROM rejected');
  return Number(count);
}

/** A row that came twice, as other rows may, is one; of rows without any key that are alike all count. */
async function removeRepeated(store: StageStore): Promise<void> {
  await store.transaction(store.checkpoint, async () => {
    await store.run(`DELETE FROM rejected WHERE CAST(keys AS VARCHAR) <> '{}' AND rowid NOT IN
      (SELECT max(rowid) FROM rejected GROUP BY CAST(keys AS VARCHAR), "row")`);
  });
}

async function findKeyColumns(store: StageStore, key: readonly string[]): Promise<readonly (readonly string[])[]> {
  if (key.length === 0) return [[]];
  const lists = await store.query(`SELECT DISTINCT ${key.map((name) => `${keySql(name)} IS NOT NULL`).join(', ')} FROM rejected`);
  return lists.map((known) => key.filter((_, index) => known[index] === true));
}

async function supersedeRejected(store: StageStore, keys: RejectedKeys): Promise<void> {
  const condition = isRejectedSql(keys, (column) => `CAST(${sqlName(column)} AS VARCHAR)`);
  const located = locatedSql(await store.facts());
  await store.transaction(store.checkpoint, async () => {
    if (store.parts.length > 0) {
      await store.run(`INSERT INTO superseded SELECT entrada__name, entrada__row FROM (${located}) WHERE ${condition}`);
    }
    await store.run(`DELETE FROM replayed WHERE ${condition}`);
  });
  await store.refresh();
}
