import type { GatewayActor } from '#lib/domain/account/actor.ts';
import { actorRef } from '#lib/domain/account/actor.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import type { Notifications } from '#lib/platform/postgres/notifications.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import type { CommandQueue } from './command-queue.ts';

/** What the server's side of the protocol needs, in every process that talks to gateways or sends them commands. */
export interface HubContext {
  readonly db: Db;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  readonly commands: CommandQueue;
  readonly notifications: Notifications;
}

/** The context of requests of gateways. */
export interface HubRequestContext extends HubContext {
  /** Where gateways reach the server, without trailing slash: what they sign (ENTRADA_URL). */
  readonly baseUrl: string;
  /** Of Entrada. */
  readonly serverVersion: string;
}

/** A line of the audit trail about a gateway; by the gateway itself where it is known. */
export async function auditGateway(
  ctx: Pick<HubContext, 'clock'> & { readonly db: Db | Tx },
  fact: {
    readonly action: 'gateway.register' | 'gateway.refuse';
    readonly gateway: { readonly id: string; readonly name: string } | null;
    readonly detail: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { action, gateway, detail } = fact;
  const actor: GatewayActor = { kind: 'gateway', gatewayId: gateway?.id ?? 'unknown', gatewayName: gateway?.name ?? '(unknown)' };
  await appendAudit(ctx.db, { action, subjectId: gateway?.id ?? null, detail, actor: actorRef(actor), at: ctx.clock.now() });
}
