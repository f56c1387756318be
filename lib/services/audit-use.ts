import { actorRef } from '#lib/domain/account/actor.ts';
import { AppError } from '#lib/platform/errors.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import type { Context } from './context.ts';
import type { AuditFact } from './write.ts';

/** Uses a connection or its data without a change, and writes an audit event with the result of the use. */
export async function auditUse<T>(ctx: Context, fact: AuditFact, use: () => Promise<T>): Promise<T> {
  const record = (outcome: Readonly<Record<string, string>>) =>
    appendAudit(ctx.db, {
      ...fact,
      detail: { ...fact.detail, ...outcome },
      actor: actorRef(ctx.actor),
      at: ctx.clock.now(),
    });
  let value: T;
  try {
    value = await use();
  } catch (error) {
    await record({ outcome: 'failed', problem: error instanceof AppError ? error.code : 'internal' });
    throw error;
  }
  await record({ outcome: 'ok' });
  return value;
}
