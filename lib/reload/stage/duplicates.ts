import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';
import { StageUnusableError } from './stage-error.ts';
import type { StageStore } from './stage-store.ts';
import { duplicatesSql } from './staged-sql.ts';

/** Threads for this one query, and for those of the publish after it: no part is written at the same time. */
const QUERY_THREADS = 2;

/**
 * Removes rows whose key came again later in the reading: the last row of each key stays. Answers how many were removed; without a key none.
 * @throws StageUnusableError `key-missing` when a row has no value in a key column.
 */
export async function removeDuplicates(store: StageStore, key: readonly string[]): Promise<number> {
  if (key.length === 0) return 0;
  const names = key.map(sqlName).join(', ');
  const missing = key.map((name) => `count(*) FILTER (${sqlName(name)} IS NULL)`).join(', ');
  await store.run(`SET threads = ${QUERY_THREADS}`);
  // Different keys may have equal hashes: as many hashes as rows prove that all keys differ, fewer are a reason to compare the keys.
  const [counts] = await store.query(`SELECT count(*), count(DISTINCT hash(${names})), ${missing} FROM staged`);
  const [rows = 0, distinct = 0, ...nulls] = (counts ?? []).map(Number);
  const without = key.find((_, index) => (nulls[index] ?? 0) > 0);
  if (without !== undefined) throw new StageUnusableError('key-missing', store.dir, without);
  if (rows === distinct) return 0;
  await store.run(duplicatesSql(await store.facts(), names));
  await store.transaction(store.checkpoint, async () => {
    await store.run('INSERT INTO superseded SELECT entrada__name, entrada__row FROM duplicates WHERE entrada__name IS NOT NULL');
    await store.run('DELETE FROM replayed WHERE rowid IN (SELECT entrada__row FROM duplicates WHERE entrada__name IS NULL)');
  });
  const before = store.rows;
  await store.refresh();
  return before - store.rows;
}
