import { actorRef } from '#lib/domain/account/actor.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import type { JsonValue } from '#lib/store/json.ts';
import type { Context } from './context.ts';
import { refuseReadOnlyToken } from './require-role.ts';

export interface AuditFact {
  /** E.g. `connection.create`. */
  readonly action: string;
  readonly subjectId: string | null;
  /** Never a secret. */
  readonly detail?: Readonly<Record<string, JsonValue>>;
}

/** The part of the context that a write needs. */
export type WriteContext = Pick<Context, 'actor' | 'clock' | 'db'>;

/**
 * Runs a write and its audit event in one transaction: both are stored or neither.
 * @throws AppError `read-only-token`, independently of the role.
 */
export async function write<T>(
  ctx: WriteContext,
  run: (tx: Tx, audit: (fact: AuditFact) => Promise<void>) => Promise<T>,
): Promise<T> {
  refuseReadOnlyToken(ctx.actor);
  const audit = (tx: Tx) => (fact: AuditFact) => appendAudit(tx, { ...fact, actor: actorRef(ctx.actor), at: ctx.clock.now() });
  return ctx.db.$transaction(async (tx) => run(tx, audit(tx)));
}
