import type { Retention } from '#lib/domain/account/retention.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** The one row. */
const ID = 1;

export async function readRetention(db: Db | Tx): Promise<Retention> {
  const row = await db.retentionSettings.findUnique({ where: { id: ID }, select: { auditDays: true, runDays: true } });
  return row ?? { auditDays: null, runDays: null };
}

export async function replaceRetention(tx: Tx, { auditDays, runDays }: Retention): Promise<void> {
  const data = { auditDays, runDays };
  await tx.retentionSettings.upsert({ where: { id: ID }, create: { id: ID, ...data }, update: data, select: { id: true } });
}

/** Deletes at most `limit` lines of the audit trail from before `before`. @returns how many */
export async function deleteOldAudit(db: Db | Tx, before: Date, limit: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM audit_events WHERE id IN (SELECT id FROM audit_events WHERE at < ${before} ORDER BY at LIMIT ${limit})`;
}

/**
 * Deletes at most `limit` runs that ended before `before`, with their datasets. Three kinds stay whatever their age: the newest run of each task; the
 * newest end of each dataset of a task, which says whether it failed; and the newest that landed a dataset in each place, which says what is there.
 * @returns how many
 */
export async function deleteOldRuns(db: Db | Tx, before: Date, limit: number): Promise<number> {
  return db.$executeRaw`
    WITH kept AS (
      (SELECT DISTINCT ON (task_id) id FROM runs ORDER BY task_id, queued_at DESC, id DESC)
      UNION
      (SELECT DISTINCT ON (r.task_id, d.dataset_id) r.id FROM dataset_runs d JOIN runs r ON r.id = d.run_id
       WHERE d.ended_at IS NOT NULL ORDER BY r.task_id, d.dataset_id, r.queued_at DESC, r.id DESC)
      UNION
      (SELECT DISTINCT ON (r.task_id, r.target_id, r.namespace, r.method, d.dataset_id) r.id
       FROM dataset_runs d JOIN runs r ON r.id = d.run_id WHERE d.state IN ('done', 'partial')
       ORDER BY r.task_id, r.target_id, r.namespace, r.method, d.dataset_id, d.ended_at DESC)
    )
    DELETE FROM runs WHERE id IN (
      SELECT id FROM runs WHERE ended_at < ${before} AND state IN ('done', 'partial', 'failed', 'cancelled')
      AND id NOT IN (SELECT id FROM kept) ORDER BY ended_at LIMIT ${limit})`;
}
