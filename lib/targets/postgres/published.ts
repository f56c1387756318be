import type { DatasetPlan } from '#lib/reload/plan.ts';
import type { Published } from '#lib/reload/sink.ts';
import { STAGING_SCHEMA } from './landed-table.ts';
import type { LandingSession } from './landing-session.ts';

/** Days that the record of a published run is kept: longer than any job is retried. */
const KEPT_DAYS = 30;

/** What `runId` published into the table of `plan`, or null. */
export async function findRecorded(session: LandingSession, plan: DatasetPlan, runId: string): Promise<Published | null> {
  const ready = await session.query<{ ready: boolean }>('SELECT to_regclass($1) IS NOT NULL AS ready', [
    `${STAGING_SCHEMA}.published`,
  ]);
  if (ready.rows[0]?.ready !== true) return null;
  const { rows } = await session.query<{ counts: Published }>(
    `SELECT counts FROM ${STAGING_SCHEMA}.published WHERE run_id = $1 AND schema_name = $2 AND dataset = $3`,
    [runId, plan.place, plan.table],
  );
  return rows[0]?.counts ?? null;
}

/** In the transaction that publishes: both or neither. */
export async function record(session: LandingSession, plan: DatasetPlan, runId: string, published: Published): Promise<void> {
  await session.query(
    `INSERT INTO ${STAGING_SCHEMA}.published (run_id, schema_name, dataset, counts) VALUES ($1, $2, $3, $4::jsonb)`,
    [runId, plan.place, plan.table, JSON.stringify(published)],
  );
  await session.run(`DELETE FROM ${STAGING_SCHEMA}.published WHERE published_at < now() - interval '${KEPT_DAYS} days'`);
}
