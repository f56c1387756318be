import { actorRef } from '#lib/domain/account/actor.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { deleteOldAudit, deleteOldRuns, readRetention } from '#lib/store/account/retention.ts';

const DAY_MS = 86_400_000;
/** Rows of one statement: none holds its locks for long. */
const BATCH = 1000;

/** Deletes what is older than the retention says; the audit trail has a line of it. */
export async function removeHistory(
  { db, clock, log }: { readonly db: Db; readonly clock: Clock; readonly log: Log },
  batch = BATCH,
): Promise<void> {
  const { auditDays, runDays } = await readRetention(db);
  const now = clock.now();
  const runs = await deleteAll(runDays, (before) => deleteOldRuns(db, before, batch));
  const lines = await deleteAll(auditDays, (before) => deleteOldAudit(db, before, batch));
  if (runs + lines === 0) return;
  log.info({ runs, lines }, 'deleted history that is older than the retention');
  const actor = actorRef({ kind: 'job', jobName: 'remove-history' });
  await appendAudit(db, {
    actor,
    action: 'retention.delete',
    subjectId: null,
    at: now,
    detail: { runs, lines, runDays, auditDays },
  });

  async function deleteAll(days: number | null, deleteSome: (before: Date) => Promise<number>): Promise<number> {
    if (days === null) return 0;
    const before = new Date(now.getTime() - days * DAY_MS);
    let all = 0;
    for (let some = batch; some === batch; all += some) some = await deleteSome(before);
    return all;
  }
}
