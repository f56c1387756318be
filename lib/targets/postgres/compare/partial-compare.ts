import pg from 'pg';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { requireUnchangedSince } from '#lib/targets/database/unchanged-since.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { findLandedDeltaToken } from '#lib/targets/postgres/published.ts';
import { findTable, namesOf, quote, rowsNotDeletedSql } from '#lib/targets/postgres/table/landed-table.ts';
import { unreportedChangesNote } from '#lib/targets/publish-notes.ts';
import { CSV_OPTIONS } from './compare-stage.ts';

/** Temporary table with the ids that delta query reported. */
const CHANGED_IDS = 'pg_temp.entrada_changed_ids';
/** Maximum number of ids that a note names. */
const NAMED_MAX = 3;

/** @throws ChangesLostError when the staged changes do not fit what is landed. */
export async function checkStart(session: LandingSession, plan: DatasetPlan, options: PublishOptions): Promise<void> {
  const names = namesOf(plan);
  const found = await findTable(session, plan.namespace, plan.table);
  if (found === null) throw new ChangesLostError(`The table ${names.live} no longer exists.`);
  await requireUnchangedSince(options, {
    deltaToken: () => findLandedDeltaToken(session, plan, null),
    rows: async () => {
      const { rows } = await session.query<{ count: string }>(`SELECT count(*) AS count FROM ${rowsNotDeletedSql(names, found)}`);
      return Number(rows[0]?.count ?? 0);
    },
  });
}

/** Copies the stage's changed ids into a temporary table. */
export async function loadChangedIds(session: LandingSession, stage: StagedRows): Promise<void> {
  const file = stage.scratchFile('changed-ids.csv');
  await stage.run(`COPY (SELECT DISTINCT id FROM changed_ids) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  await session.run(`DROP TABLE IF EXISTS ${CHANGED_IDS}; CREATE TEMP TABLE entrada_changed_ids (id text NOT NULL)`);
  await session.copyIn(CHANGED_IDS, file);
  await session.run(`ANALYZE ${CHANGED_IDS}`);
}

/** SQL: the rows of `present` (see `rowsNotDeletedSql`) with a changed id, as a FROM item. */
export function changedLanded(present: string, scope: string): string {
  return `${present} WHERE entrada__t.${quote(scope)} IN (SELECT id FROM ${CHANGED_IDS})`;
}

/** After a full comparison: reports changes that delta query had not reported. Within the publishing transaction. */
export async function unreportedNote(session: LandingSession, plan: DatasetPlan, scope: string, runId: string): Promise<string> {
  // The change table has only the key columns.
  const id = plan.key.includes(scope)
    ? `entrada__c.${quote(scope)}`
    : `(COALESCE(entrada__c.hdr__after, entrada__c.hdr__before)->>${pg.escapeLiteral(scope)})`;
  const count = (operation: string): string => `count(*) FILTER (WHERE entrada__c.hdr__operation = '${operation}')`;
  const { rows } = await session.query<{ inserted: string; updated: string; deleted: string; ids: string[] | null }>(
    `SELECT ${count('I')} AS inserted, ${count('U')} AS updated, ${count('D')} AS deleted, (array_agg(DISTINCT ${id}))[1:${NAMED_MAX}] AS ids
     FROM ${namesOf(plan).changes} entrada__c
     WHERE entrada__c.hdr__run_id = $1 AND NOT EXISTS (SELECT FROM ${CHANGED_IDS} entrada__t WHERE entrada__t.id = ${id})`,
    [runId],
  );
  const { inserted = 0, updated = 0, deleted = 0, ids = null } = rows[0] ?? {};
  return unreportedChangesNote({
    inserted: Number(inserted),
    updated: Number(updated),
    deleted: Number(deleted),
    ids: ids ?? [],
  });
}
