import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { isRejectedSql, keySql } from '#lib/reload/parse/sql/rejected-key-sql.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { requireTableOfMethod } from '#lib/targets/database/found-table.ts';
import { CSV_OPTIONS } from '#lib/targets/postgres/compare/compare-stage.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { REJECTED_COLUMNS, rejectedName, rejectedNote, selectRejected } from '#lib/targets/rejected-rows.ts';
import { findTable, grantToReader, labelOf, qualified, quote } from './landed-table.ts';

/** Temporary table with the keys of the rejected rows: a text column for each key column. */
const REJECTED_KEYS = 'pg_temp.entrada_rejected_keys';

/**
 * Within the publishing transaction: replaces the content of `<table>__rejected` by the rejected rows of this run. Creates the table when there
 * are any; empties an existing one when there are none. Returns notes.
 * @throws AppError `table-not-ours` when another table has the name.
 */
export async function replaceRejected(
  session: LandingSession,
  stage: StagedRows,
  { plan, runId, rejected = null }: PublishOptions,
): Promise<readonly string[]> {
  const name = rejectedName(plan);
  const label = labelOf({ ...plan, table: name });
  const table = qualified(plan.namespace, name);
  const found = await findTable(session, plan.namespace, name);
  const isOurs = found !== null && REJECTED_COLUMNS.every((column) => found.columns.has(column));
  if (isOurs) await session.run(`DELETE FROM ${table}`);
  if (rejected === null) return [];
  if (found !== null) requireTableOfMethod(label, found, REJECTED_COLUMNS);
  else {
    await session.run(`CREATE TABLE ${table} (hdr__run_id text NOT NULL, hdr__read_at timestamptz NOT NULL, hdr__key text,
      hdr__column text, hdr__reason text NOT NULL, hdr__row text NOT NULL)`);
    await grantToReader(session, table);
  }
  const file = stage.scratchFile('rejected.csv');
  await stage.run(`COPY (${selectRejected(plan, runId)}) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  await session.copyIn(`${table} (${REJECTED_COLUMNS.join(', ')})`, file);
  return [rejectedNote(rejected, label)];
}

/** Copies the keys of the rejected rows into a temporary table, for `isRejectedRowSql`. */
export async function loadRejectedKeys(
  session: LandingSession,
  stage: StagedRows,
  { plan, rejected = null }: Pick<PublishOptions, 'plan' | 'rejected'>,
): Promise<void> {
  if (rejected === null || plan.key.length === 0) return;
  const file = stage.scratchFile('rejected-keys.csv');
  await stage.run(`COPY (SELECT DISTINCT ${plan.key.map(keySql).join(', ')} FROM rejected) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  const columns = plan.key.map((name) => `${quote(name)} text`).join(', ');
  await session.run(`DROP TABLE IF EXISTS ${REJECTED_KEYS}; CREATE TEMP TABLE entrada_rejected_keys (${columns}) ON COMMIT DROP`);
  await session.copyIn(REJECTED_KEYS, file);
}

/** SQL: whether a landed row, with the alias `row`, has the key of a rejected row. */
export function isRejectedRowSql({ plan, rejected = null }: Pick<PublishOptions, 'plan' | 'rejected'>, row: string): string {
  return isRejectedSql({ key: plan.key, keyColumns: rejected?.keyColumns ?? [] }, (name) => `${row}.${quote(name)}::text`, {
    name: REJECTED_KEYS,
    keySql: quote,
  });
}
