import type { GatewayActor } from '#lib/domain/account/actor.ts';
import { actorRef } from '#lib/domain/account/actor.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import type { Notifications } from '#lib/platform/postgres/notifications.ts';
import { appendAudit } from '#lib/store/account/audit.ts';
import type { CommandQueue } from './command-queue.ts';

/** Dependencies of the server's side of the protocol, in every process that answers gateways or sends them commands. */
export interface HubContext {
  readonly db: Db;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  readonly commands: CommandQueue;
  readonly notifications: Notifications;
}

/** Dependencies of requests from gateways. */
export interface HubRequestContext extends HubContext {
  /** Public address of the server, without trailing slash, which gateways sign (ENTRADA_URL). */
  readonly baseUrl: string;
  /** Of Entrada. */
  readonly serverVersion: string;
  /** How often something is written to an open stream, milliseconds; KEEP_ALIVE_SECONDS unless a test shortens it. */
  readonly keepAliveMs?: number;
}

/** Writes an audit event about a gateway; the actor is the gateway itself where it is known. */
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
