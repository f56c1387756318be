import type { ChangePage } from '#lib/reload/engine/ports.ts';
import { pagesSql } from '#lib/reload/parse/sql/page-sql.ts';
import { keySql } from '#lib/reload/parse/sql/rejected-key-sql.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import type { StageStore } from '../stage-store.ts';
import { locatedSql } from '../staged-sql.ts';
import type { PageBatch } from './page-batch.ts';
import { copyOrRepair } from './repair-batch.ts';

/**
 * Puts the rows of a page of changes in the place of the staged rows whose `scope` column holds one of its changed ids. Idempotent.
 * @param batch an empty batch for the page; its files are deleted afterwards.
 */
export async function replayPage(
  store: StageStore,
  page: ChangePage,
  { scope, batch }: { readonly scope: string; readonly batch: PageBatch },
): Promise<void> {
  try {
    await batch.add(page);
    const run = (sql: string): Promise<unknown> => store.run(sql);
    if (batch.mustReject) await batch.reject(null, run);
    await copyOrRepair(batch, () => replace(store, page.changedIds, { scope, batch }), run);
    await store.refresh();
  } finally {
    await batch.discard();
    await batch.discardRejected();
  }
}

async function replace(
  store: StageStore,
  changedIds: readonly string[],
  { scope, batch }: { readonly scope: string; readonly batch: PageBatch },
): Promise<void> {
  const ids = changedIds.map(sqlText).join(', ');
  await store.transaction(batch.advance(store.checkpoint), async () => {
    if (changedIds.length > 0) {
      await store.run(
        `INSERT INTO changed_ids SELECT unnest([${ids}]); DELETE FROM replayed WHERE ${sqlName(scope)} IN (${ids});
        DELETE FROM rejected WHERE ${keySql(scope)} IN (${ids})`,
      );
      if (store.parts.length > 0) {
        await store.run(`INSERT INTO superseded SELECT entrada__name, entrada__row FROM (${locatedSql(await store.facts())})
          WHERE ${sqlName(scope)} IN (${ids})`);
      }
    }
    await store.run(`INSERT INTO replayed ${pagesSql(batch.columns, batch)}`);
    await store.addUnproven(batch.unproven);
    await store.addRejected(batch.rejectedFiles);
  });
}
