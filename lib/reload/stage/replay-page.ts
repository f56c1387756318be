import type { ChangePage } from '#lib/reload/engine/ports.ts';
import { pagesSql } from '#lib/reload/parse/page-sql.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql-text.ts';
import type { PageBatch } from './page-batch.ts';
import { isMalformedPage } from './stage-error.ts';
import type { StageStore } from './stage-store.ts';
import { locatedSql } from './staged-sql.ts';

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
    try {
      await replace(store, page.changedIds, { scope, batch });
    } catch (error) {
      if (!isMalformedPage(error) || !(await batch.repair())) throw await batch.explain(error);
      await replace(store, page.changedIds, { scope, batch });
    }
    await store.refresh();
  } finally {
    await batch.discard();
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
        `INSERT INTO changed_ids SELECT unnest([${ids}]); DELETE FROM replayed WHERE ${sqlName(scope)} IN (${ids})`,
      );
      if (store.parts.length > 0) {
        await store.run(`INSERT INTO superseded SELECT entrada__name, entrada__row FROM (${locatedSql(await store.facts())})
          WHERE ${sqlName(scope)} IN (${ids})`);
      }
    }
    await store.run(`INSERT INTO replayed ${pagesSql(batch.columns, batch)}`);
    await store.addUnproven(batch.unproven);
  });
}
