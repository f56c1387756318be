import { actorRef } from '#lib/domain/account/actor.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import { resealSecrets } from '#lib/store/connection/secrets.ts';
import { resealCommands } from '#lib/store/gateway/reseal-commands.ts';
import type { Context } from '../context.ts';
import { requireFreshSignIn } from '../require-fresh-sign-in.ts';
import { requireRole } from '../require-role.ts';

/** Encrypts every stored secret, and commands that wait for data gateways, with the first key of the ring, while Entrada runs. */
export async function resealAll({
  ctx,
}: {
  readonly ctx: Context;
}): Promise<{ resealed: number; orphans: number; keyId: string }> {
  requireRole(ctx, 'admin');
  requireFreshSignIn(ctx);
  const keyId = ctx.ring.primary.id;
  const secrets = await resealSecrets(ctx.db, ctx.ring);
  const done = { ...secrets, resealed: secrets.resealed + (await resealCommands(ctx.db, ctx.ring)) };
  const detail = { keyId, resealed: done.resealed };
  await appendAudit(ctx.db, {
    actor: actorRef(ctx.actor),
    action: 'secret.reseal',
    subjectId: null,
    detail,
    at: ctx.clock.now(),
  });
  return { ...done, keyId };
}
