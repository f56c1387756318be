import type { Db, Tx } from '#lib/platform/db.ts';
import { newId } from '#lib/platform/id.ts';
import type { JsonValue } from './json.ts';

export interface AuditEntry {
  /** `user:user_…`, `job:reload-run`, `cli`, `setup` */
  readonly actor: string;
  /** E.g. `connection.create`. */
  readonly action: string;
  readonly subjectId: string | null;
  /** Facts without secrets. */
  readonly detail?: Readonly<Record<string, JsonValue>>;
  readonly at: Date;
}

/** Writes one line of the audit trail; in the transaction of the write that it tells of, so that neither is without the other. */
export async function appendAudit(tx: Db | Tx, entry: AuditEntry): Promise<void> {
  await tx.auditEvent.create({
    data: {
      id: newId('aud'),
      at: entry.at,
      actor: entry.actor,
      action: entry.action,
      subjectId: entry.subjectId,
      ...(entry.detail === undefined ? {} : { detail: { ...entry.detail } }),
    },
    select: { id: true },
  });
}
