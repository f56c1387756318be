import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { findCoverage, forgetCoverage } from '#lib/targets/postgres/published.ts';
import {
  columnDefinitions,
  DELETED_AT,
  ensureStagingSchema,
  type FoundTable,
  findTable,
  namesOf,
  quote,
} from '#lib/targets/postgres/table/landed-table.ts';
import { copyExpression, fitsType, POSTGRES_TYPE } from '#lib/targets/postgres/table/types.ts';
import { coverageOf, rowHashSql } from '#lib/targets/row-hash.ts';
import { CSV_OPTIONS } from './compare-stage.ts';

/** Temporary table with the staged rows and their hashes. */
const STAGED = 'pg_temp.entrada_staged';

/**
 * Rows without a key are matched only by their hash, which is invalid when other columns are compared than before. Each
 * landed row with the values of a staged one then gets its hash, copy by copy; the others keep theirs, which no staged row has. Returns
 * whether it changed hashes. Runs in its own transaction: readers do not use hashes, and until the publish is recorded the next run
 * repeats it.
 * @throws ChangesLostError when only changes are staged.
 */
export async function rehashKeyless(
  session: LandingSession,
  stage: StagedRows,
  { plan, changes }: PublishOptions,
): Promise<boolean> {
  if (plan.key.length > 0) return false;
  const found = await findTable(session, plan.namespace, plan.table);
  if (found === null) return false;
  await ensureStagingSchema(session);
  const complete = plan.columns.every(({ name }) => found.columns.has(name));
  if (complete && (await findCoverage(session, plan)) === coverageOf(plan.columns)) return false;
  if (changes?.partial === true) throw new ChangesLostError('The landed rows were compared by other columns than now.');
  const file = stage.scratchFile('rehash.csv');
  const values = plan.columns.map(copyExpression).join(', ');
  await stage.run(`COPY (SELECT ${values}, ${rowHashSql(plan.columns)} FROM staged) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  await session.run(`DROP TABLE IF EXISTS ${STAGED};
    CREATE TEMP TABLE entrada_staged (${[...columnDefinitions(plan.columns), 'hdr__row_hash bigint'].join(', ')})`);
  await session.copyIn(STAGED, file);
  await session.transaction(
    async () => {
      await session.run(rehashSql(plan, found));
      await forgetCoverage(session, plan);
    },
    async () => null,
  );
  await session.run(`DROP TABLE ${STAGED}`);
  return true;
}

function rehashSql(plan: DatasetPlan, found: FoundTable): string {
  const { live } = namesOf(plan);
  const landed = plan.columns.map((column) => {
    const type = commonType(POSTGRES_TYPE[column.type], found.columns.get(column.name));
    return found.columns.has(column.name) ? `${quote(column.name)}::${type}` : `NULL::${type}`;
  });
  const staged = plan.columns.map(
    (column) => `${quote(column.name)}::${commonType(POSTGRES_TYPE[column.type], found.columns.get(column.name))}`,
  );
  return `UPDATE ${live} entrada__t SET hdr__row_hash = entrada__s.hash
    FROM (${numbered(landed, 'ctid AS row_id', found.columns.has(DELETED_AT) ? `${live} WHERE ${DELETED_AT} IS NULL` : live)}) entrada__l
    JOIN (${numbered(staged, 'hdr__row_hash AS hash', STAGED)}) entrada__s
      ON entrada__s.digest = entrada__l.digest AND entrada__s.copy = entrada__l.copy
    WHERE entrada__t.ctid = entrada__l.row_id`;
}

/** Rows by their values: the text of a row distinguishes null from empty and delimits each value (PostgreSQL docs "Composite Types", 8.16.6). */
function numbered(values: readonly string[], what: string, from: string): string {
  return `SELECT *, row_number() OVER (PARTITION BY digest) AS copy
    FROM (SELECT ${what}, sha256(convert_to(ROW(${values.join(', ')})::text, 'UTF8')) AS digest FROM ${from}) entrada__r`;
}

/** The wider one of a column's present and new type. */
function commonType(wanted: string, there: string | undefined): string {
  return there !== undefined && fitsType(wanted, there) ? there : wanted;
}
