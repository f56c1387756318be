import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { columnDefinitions, quote } from '#lib/targets/postgres/table/landed-table.ts';
import { copyExpression } from '#lib/targets/postgres/table/types.ts';
import { CSV_OPTIONS } from './compare-stage.ts';
import { type CopyTarget, copyRows, type PreloadedTable } from './preloaded-table.ts';

/**
 * Collects table size and statistics of the keys for planning joins. Analyzing the other columns would take a sixth of a load's time; naming columns
 * keeps the count of changed
 * rows, so that autovacuum processes the table within a minute (PostgreSQL docs, "ANALYZE" and "The Autovacuum Daemon").
 */
export function analyzeSql({ key }: DatasetPlan, table: string): string {
  return `ANALYZE ${table}${key.length === 0 ? '' : ` (${key.map(quote).join(', ')})`}`;
}

/** Files of the stage whose preloaded rows can be used: none without a key, since superseded rows cannot be identified. */
export async function usablePreloadedFiles(
  stage: StagedRows,
  plan: DatasetPlan,
  preloaded: PreloadedTable | null,
): Promise<ReadonlySet<string>> {
  const copied = (await preloaded?.handOver()) ?? new Set<string>();
  if (plan.key.length > 0) return copied;
  const { parts } = await stage.parts();
  return parts.some(({ file, complete: whole }) => copied.has(file) && !whole) ? new Set() : copied;
}

/** Deletes superseded rows by their keys, and inserts the valid rows with the same keys again. */
export async function correctSuperseded(target: CopyTarget, copied: ReadonlySet<string>): Promise<void> {
  const { session, stage, plan, table, scratch } = target;
  const { parts } = await stage.parts();
  if (parts.every(({ file, complete: whole }) => whole || !copied.has(file))) return;
  const keys = plan.columns.filter((column) => plan.key.includes(column.name));
  const superseded = await stage.selectSuperseded();
  const file = stage.scratchFile(scratch);
  await stage.runApart(
    `COPY (SELECT DISTINCT ${keys.map(copyExpression).join(', ')} FROM (${superseded})) TO ${sqlText(file)} ${CSV_OPTIONS}`,
  );
  await session.run(`CREATE TEMP TABLE entrada_superseded (${columnDefinitions(keys).join(', ')})`);
  await session.copyIn('entrada_superseded', file);
  const same = (left: string, right: string): string =>
    keys.map(({ name }) => `${left}.${quote(name)} = ${right}.${quote(name)}`).join(' AND ');
  await session.run(`ANALYZE entrada_superseded; DELETE FROM ${table} t USING entrada_superseded s WHERE ${same('t', 's')};
    DROP TABLE entrada_superseded`);
  const counting = await stage.selectRows([...copied], false);
  await copyRows(target, `SELECT r.* FROM (${counting}) r SEMI JOIN (${superseded}) s ON ${same('r', 's')}`);
}

/**
 * Copies every part that was not preloaded, using all sessions concurrently: one part is written as CSV while another one is copied. On a failure
 * copied rows stay; the caller drops the table.
 */
export async function copyPartsNotPreloaded(
  sessions: readonly LandingSession[],
  to: Pick<CopyTarget, 'stage' | 'plan' | 'table' | 'hashed'>,
  copied: ReadonlySet<string>,
): Promise<void> {
  const { parts, replayed } = await to.stage.parts();
  const others = parts.filter(({ file }) => !copied.has(file));
  const waiting = [...others.map(({ file }) => [file]), ...(replayed > 0 ? [[]] : [])];
  const copyNext = async (session: LandingSession, index: number): Promise<void> => {
    for (let files = waiting.shift(); files !== undefined; files = waiting.shift()) {
      const rows = await to.stage.selectRows(files, files.length === 0);
      await copyRows({ ...to, session, scratch: `load-${index}.csv` }, rows);
    }
  };
  const copies = await Promise.allSettled(sessions.map(copyNext));
  for (const copy of copies) if (copy.status === 'rejected') throw copy.reason;
}
