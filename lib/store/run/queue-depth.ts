import type { QueueDepth } from '#lib/platform/metrics/metrics.ts';
import type { Db } from '#lib/platform/postgres/db.ts';

/** Number of jobs that have not ended, by queue and state (tables of pg-boss). */
export function readQueueDepth(db: Db): Promise<readonly QueueDepth[]> {
  return db.$queryRaw<QueueDepth[]>`
    SELECT name AS queue, state::text AS state, count(*)::int AS jobs
    FROM pgboss.job WHERE state IN ('created', 'retry', 'active') GROUP BY 1, 2`;
}
