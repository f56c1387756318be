import { gatewayState } from '#lib/domain/gateway/gateway.ts';
import { forgetAcknowledgement, listHeldCommands, listStagesOver, notifyGateway } from '#lib/store/gateway/commands.ts';
import { type GatewayIdentity, setGatewayStatus } from '#lib/store/gateway/gateway-identity.ts';
import { type StatusAnswer, StatusRequest } from '../protocol.ts';
import { PROTOCOL_VERSION } from '../version.ts';
import type { HubRequestContext } from './hub-context.ts';
import { parseBody } from './parse-body.ts';

/** A command that was acknowledged less than this ago may be absent from a status message that was sent before, milliseconds. */
const SETTLED_MS = 60_000;

/** Stores the status of a gateway, and renews the leases of its commands. */
export async function receiveStatus(ctx: HubRequestContext, gateway: GatewayIdentity, body: string): Promise<StatusAnswer> {
  const status = parseBody(StatusRequest, body);
  const now = ctx.clock.now();
  const held = await listHeldCommands(ctx.db, gateway.id);
  const own = held.filter(({ instance }) => instance === status.instance);
  const working = new Set(status.working);
  const activity = own.map(({ runId, title, takenAt, createdAt }) => ({
    ...{ kind: runId === null ? 'operation' : 'run', title, since: (takenAt ?? createdAt).toISOString(), runId },
  }));
  await setGatewayStatus(ctx.db, gateway.id, { ...status, activity, at: now });
  await ctx.commands.keep(own);
  const settled = (takenAt: Date | null) => takenAt !== null && now.getTime() - takenAt.getTime() > SETTLED_MS;
  const missing = own.filter(({ id, state, takenAt }) => state === 'acknowledged' && settled(takenAt) && !working.has(id));
  if (missing.length > 0 || status.draining !== gateway.draining) {
    await forgetAcknowledgement(
      ctx.db,
      missing.map(({ id }) => id),
    );
    await notifyGateway(ctx.db, `gateway:${gateway.id}`);
  }
  return {
    ...{ gatewayId: gateway.id, name: gateway.name, serverVersion: ctx.serverVersion, protocol: PROTOCOL_VERSION },
    serverTime: now.toISOString(),
    upgradeAvailable: isUpgradeAvailable(ctx, status.version, now),
    ...(status.staged === undefined ? {} : { stagesOver: await listStagesOver(ctx.db, gateway.id, status.staged) }),
  };
}

/** Computed as on the page of the gateway. */
function isUpgradeAvailable({ serverVersion }: HubRequestContext, version: string, now: Date): boolean {
  const since = { registeredAt: now, lastSeenAt: now, connectedSince: now, deactivatedAt: null };
  const server = { version: serverVersion, protocolVersion: PROTOCOL_VERSION };
  return gatewayState({ ...since, version, protocolVersion: PROTOCOL_VERSION }, server, now) === 'upgrade-available';
}
