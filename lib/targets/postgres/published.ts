import { RecordedColumn } from '#lib/reload/engine/drift/landed-table.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { Published } from '#lib/reload/engine/sink.ts';
import type { LandedDeltaToken } from '#lib/reload/stage/stage-file.ts';
import { countsJson, type PublishRecord, RECORD_DAYS } from '#lib/targets/database/publish-record.ts';
import type { LandingSession } from './landing-session.ts';
import { ensureStagingSchema, namesOf, STAGING_SCHEMA, tableExists } from './table/landed-table.ts';

/** What `runId` published into the table of `plan`, or null. */
export async function findRecorded(session: LandingSession, plan: DatasetPlan, runId: string): Promise<Published | null> {
  if (!(await tableExists(session, `${STAGING_SCHEMA}.published`))) return null;
  const { rows } = await session.query<{ counts: Published }>(
    `SELECT counts FROM ${STAGING_SCHEMA}.published WHERE run_id = $1 AND schema_name = $2 AND dataset = $3`,
    [runId, plan.namespace, plan.table],
  );
  return rows[0]?.counts ?? null;
}

/** Identifies a publish into the table; null when there was none. */
export async function findLastPublish(session: LandingSession, plan: DatasetPlan): Promise<string | null> {
  await ensureStagingSchema(session);
  const { rows } = await session.query<{ last: string }>(
    `SELECT run_id || ' ' || published_at AS last FROM ${STAGING_SCHEMA}.published
     WHERE schema_name = $1 AND dataset = $2 ORDER BY published_at DESC LIMIT 1`,
    [plan.namespace, plan.table],
  );
  return rows[0]?.last ?? null;
}

/** The columns (see `coverageOf`) in the row hashes of a keyless table; null: unknown, or not equal for all rows. */
export async function findCoverage(session: LandingSession, plan: DatasetPlan): Promise<string | null> {
  const { rows } = await session.query<{ coverage: string | null }>(
    `SELECT counts->>'coverage' AS coverage FROM ${STAGING_SCHEMA}.published
     WHERE schema_name = $1 AND dataset = $2 ORDER BY published_at DESC LIMIT 1`,
    [plan.namespace, plan.table],
  );
  return rows[0]?.coverage ?? null;
}

/** What the last publish recorded of the columns of the table; empty where it recorded nothing. */
export async function findRecordedColumns(session: LandingSession, plan: DatasetPlan): Promise<readonly RecordedColumn[]> {
  if (!(await tableExists(session, `${STAGING_SCHEMA}.published`))) return [];
  const { rows } = await session.query<{ columns: unknown }>(
    `SELECT counts->'columns' AS columns FROM ${STAGING_SCHEMA}.published
     WHERE schema_name = $1 AND dataset = $2 ORDER BY published_at DESC LIMIT 1`,
    [plan.namespace, plan.table],
  );
  return RecordedColumn.array().safeParse(rows[0]?.columns).data ?? [];
}

/** Marks the hashes of the table as invalid while they are recomputed. */
export async function forgetCoverage(session: LandingSession, plan: DatasetPlan): Promise<void> {
  await session.query(
    `UPDATE ${STAGING_SCHEMA}.published SET counts = counts - 'coverage' WHERE schema_name = $1 AND dataset = $2`,
    [plan.namespace, plan.table],
  );
}

/** The delta token of the landed rows: that of the last publish, if it has this signature; any signature when null is given. */
export async function findLandedDeltaToken(
  session: LandingSession,
  plan: DatasetPlan,
  signature: string | null,
): Promise<LandedDeltaToken | null> {
  for (const table of [`${STAGING_SCHEMA}.published`, namesOf(plan).live]) if (!(await tableExists(session, table))) return null;
  // Adds new columns to a record of an earlier version, whose delta token stays valid.
  await ensureStagingSchema(session);
  const { rows } = await session.query<LandedRecord>(
    `SELECT delta_token, signature, landed_rows, full_at, counts FROM ${STAGING_SCHEMA}.published
     WHERE schema_name = $1 AND dataset = $2 ORDER BY published_at DESC LIMIT 1`,
    [plan.namespace, plan.table],
  );
  const [last] = rows;
  if (last === undefined || last.delta_token === null || (signature !== null && last.signature !== signature)) return null;
  const unread = (last.counts.unread ?? []).map(({ name }) => name);
  return { deltaToken: last.delta_token, rows: Number(last.landed_rows), fullAt: last.full_at.toISOString(), unread };
}

interface LandedRecord {
  readonly delta_token: string | null;
  readonly signature: string | null;
  readonly landed_rows: string;
  readonly full_at: Date;
  readonly counts: Published;
}

/** Call in the publishing transaction. */
export async function recordPublish(session: LandingSession, plan: DatasetPlan, record: PublishRecord): Promise<void> {
  const { runId, landed } = record;
  await session.query(
    `INSERT INTO ${STAGING_SCHEMA}.published (run_id, schema_name, dataset, counts, delta_token, signature, landed_rows, full_at)
     VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8)`,
    [
      runId,
      plan.namespace,
      plan.table,
      countsJson(record),
      landed?.deltaToken ?? null,
      landed?.signature ?? null,
      landed?.rows ?? null,
      landed?.fullAt ?? null,
    ],
  );
  // The last one of a table stays: it says what its columns are.
  await session.run(`DELETE FROM ${STAGING_SCHEMA}.published p WHERE published_at < now() - interval '${RECORD_DAYS} days' AND EXISTS (
    SELECT FROM ${STAGING_SCHEMA}.published n WHERE n.schema_name = p.schema_name AND n.dataset = p.dataset AND n.published_at > p.published_at)`);
}
