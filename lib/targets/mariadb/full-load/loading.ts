import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import type { FoundTable } from '#lib/targets/database/found-table.ts';
import { CSV_OPTIONS, type MariadbSession } from '#lib/targets/mariadb/session.ts';
import { countRows, sameKey, timeLiteral } from '#lib/targets/mariadb/table/landed-table.ts';
import { literal, quote, type TableNames } from '#lib/targets/mariadb/table/names.ts';
import { loadedTableSql, temporary } from '#lib/targets/mariadb/table/table-ddl.ts';
import { loadInto, stagedText } from '#lib/targets/mariadb/table/types.ts';
import { widenedKeyNote } from '#lib/targets/publish-notes.ts';

/** What a publish is made of. */
export interface Loading {
  readonly session: MariadbSession;
  readonly stage: StagedRows;
  readonly options: PublishOptions;
  readonly names: TableNames;
}

/** All staged rows into a table, quoted, that has the columns of Full load. */
export async function loadRows({ session, stage, options }: Loading, table: string): Promise<void> {
  const { plan, runId, now } = options;
  const file = stage.scratchFile('rows.csv');
  await stage.run(`COPY (SELECT ${plan.columns.map(stagedText).join(', ')} FROM staged) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  const headerValues = [`hdr__loaded_at = ${timeLiteral(now)}`, `hdr__run_id = ${literal(runId)}`];
  await session.load(table, loadInto(plan.columns, [], headerValues), file);
}

/** All staged rows into a table of the session with the columns of `plan`. Answers its quoted name. */
export async function loadTemporary(loading: Loading, plan: DatasetPlan): Promise<string> {
  const { session, names } = loading;
  const loaded = names.temporary('loaded');
  await session.run(`DROP TEMPORARY TABLE IF EXISTS ${loaded}`);
  await session.run(temporary(loadedTableSql(plan, loaded)));
  await loadRows(loading, loaded);
  return loaded;
}

/** What RENAME TABLE would leave with the old table, in words: triggers, foreign keys, and indexes that people made. */
export async function findHolders(session: MariadbSession, { table }: TableNames): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT CONCAT('the trigger ', TRIGGER_NAME) AS holder FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = ?
     UNION ALL SELECT CONCAT('the foreign key ', CONSTRAINT_NAME, IF(TABLE_NAME = ?, '', CONCAT(' of ', TABLE_NAME))) FROM information_schema.REFERENTIAL_CONSTRAINTS
       WHERE CONSTRAINT_SCHEMA = DATABASE() AND (TABLE_NAME = ? OR REFERENCED_TABLE_NAME = ?)
     UNION ALL SELECT DISTINCT CONCAT('the index ', INDEX_NAME) FROM information_schema.STATISTICS
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME <> 'PRIMARY'`,
    [table, table, table, table, table],
  );
  return rows.map(({ holder }) => String(holder));
}

/**
 * Appended rows may have keys of earlier loads. Then the primary key becomes that of a row of one load: the key and `hdr__run_id`. It stays so
 * until the table is dropped and created, as ALTER TABLE can be no part of a transaction.
 */
export async function widenKey({ session, stage, options, names }: Loading, found: FoundTable): Promise<readonly string[]> {
  const { key, columns } = options.plan;
  if (key.length === 0 || found.primaryKey.length === 0 || found.primaryKey.includes('hdr__run_id')) return [];
  const keys = columns.filter(({ name }) => key.includes(name));
  const ids = names.temporary('ids');
  const file = stage.scratchFile('keys.csv');
  await stage.run(`COPY (SELECT ${keys.map(stagedText).join(', ')} FROM staged) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  await session.run(`DROP TEMPORARY TABLE IF EXISTS ${ids}`);
  await session.run(
    `CREATE TEMPORARY TABLE ${ids} AS SELECT ${keys.map(({ name }) => quote(name)).join(', ')} FROM ${names.live} LIMIT 0`,
  );
  await session.load(ids, loadInto(keys, []), file);
  const repeated = await countRows(session, `${names.live} t JOIN ${ids} n ON ${sameKey(key, 't', 'n')}`);
  await session.run(`DROP TEMPORARY TABLE ${ids}`);
  if (repeated === 0) return [];
  const wide = [...found.primaryKey, 'hdr__run_id'];
  await session.run(`ALTER TABLE ${names.live} DROP PRIMARY KEY, ADD PRIMARY KEY (${wide.map(quote).join(', ')})`);
  return [widenedKeyNote(wide, found.primaryKey, repeated)];
}
