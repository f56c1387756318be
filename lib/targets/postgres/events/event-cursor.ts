import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { EventCursor, StagedEvents } from '#lib/reload/engine/sink.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { findTable, namesOf, quote, STAGING_SCHEMA, tableExists } from '#lib/targets/postgres/table/landed-table.ts';
import { oldEventsNote } from '#lib/targets/publish-notes.ts';

/** One row per event table. Separate from the record of publishes, whose rows are deleted after a while. */
const CURSORS = `${STAGING_SCHEMA}.event_cursors`;

/** The cursor of the landed events; null when it does not exist. */
export async function findEventCursor(session: LandingSession, plan: DatasetPlan): Promise<EventCursor | null> {
  if (!(await tableExists(session, CURSORS)) || (await findTable(session, plan.namespace, plan.table)) === null) return null;
  const { rows } = await session.query<{ cursor: EventCursor }>(
    `SELECT cursor FROM ${CURSORS} WHERE schema_name = $1 AND dataset = $2`,
    [plan.namespace, plan.table],
  );
  return rows[0]?.cursor ?? null;
}

/** Call before the publishing transaction: two runs may create the table at the same time. */
export async function ensureEventCursors(session: LandingSession): Promise<void> {
  await session.run(`BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('entrada event cursors', 0));
    CREATE TABLE IF NOT EXISTS ${CURSORS} (schema_name text NOT NULL, dataset text NOT NULL, cursor jsonb NOT NULL, PRIMARY KEY (schema_name, dataset));
    COMMIT`);
}

/** Call in the publishing transaction. */
export async function saveEventCursor(session: LandingSession, plan: DatasetPlan, { cursor }: StagedEvents): Promise<void> {
  if (cursor === null) return;
  await session.query(
    `INSERT INTO ${CURSORS} VALUES ($1, $2, $3::jsonb) ON CONFLICT (schema_name, dataset) DO UPDATE SET cursor = EXCLUDED.cursor`,
    [plan.namespace, plan.table, JSON.stringify(cursor)],
  );
}

/** Creates an index for the window of the next run, and for deletes by age, unless an index starts with the time column. */
export async function ensureTimeIndex(session: LandingSession, plan: DatasetPlan, { timeColumn }: StagedEvents): Promise<void> {
  const { live } = namesOf(plan);
  const { rows } = await session.query<{ there: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
       WHERE i.indrelid = $1::regclass AND a.attname = $2) AS there`,
    [live, timeColumn],
  );
  if (rows[0]?.there !== true) await session.run(`CREATE INDEX ON ${live} (${quote(timeColumn)})`);
}

/** Deletes events that exceed the task's retention, also from the history. Returns how many were deleted, and a note about them. */
export async function deleteOldEvents(
  session: LandingSession,
  plan: DatasetPlan,
  { events, history }: { readonly events: StagedEvents; readonly history: boolean },
): Promise<{ readonly deleted: number; readonly notes: readonly string[] }> {
  const { timeColumn, deleteBefore } = events;
  if (deleteBefore === null) return { deleted: 0, notes: [] };
  const { live, history: versions } = namesOf(plan);
  const old = `WHERE ${quote(timeColumn)} < $1`;
  const { rowCount } = await session.query(`DELETE FROM ${live} ${old}`, [deleteBefore]);
  if (history) await session.query(`DELETE FROM ${versions} ${old}`, [deleteBefore]);
  const deleted = rowCount ?? 0;
  return { deleted, notes: oldEventsNote(deleted, deleteBefore) };
}
