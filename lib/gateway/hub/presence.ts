import { formatInstant } from '#lib/domain/format.ts';
import { acceptsWork, type GatewayIds, type GatewayState, gatewayState, groupState } from '#lib/domain/gateway/gateway.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { AppError } from '#lib/platform/errors.ts';
import { ENTRADA_VERSION } from '#lib/platform/version.ts';
import { findGatewayName, type GatewayIdentity, listGatewaysOf } from '#lib/store/gateway/gateway-identity.ts';
import { PROTOCOL_VERSION } from '../version.ts';
import type { HubContext } from './hub-context.ts';

/** Whether a gateway, or at least one of a group, accepts commands now. */
export interface Presence {
  /** Name of the gateway or the group. */
  readonly name: string;
  readonly isGroup: boolean;
  /** Id of the gateway or the group, which owns the queue. */
  readonly to: string;
  readonly isThere: boolean;
  readonly state: GatewayState;
  /** Time of the last message; null: never. */
  readonly lastSeenAt: Date | null;
  /** Gateways that accept commands. */
  readonly gateways: readonly GatewayIdentity[];
}

const SERVER = { version: ENTRADA_VERSION, protocolVersion: PROTOCOL_VERSION };

/** @throws AppError `gateway-away` when the gateway or group does not exist any more */
export async function presenceOf(ctx: HubContext, of: GatewayIds): Promise<Presence> {
  const name = await findGatewayName(ctx.db, of);
  if (name === null) throw new AppError(gone());
  const now = ctx.clock.now();
  const all = await listGatewaysOf(ctx.db, of);
  const states = all.map((gateway) => ({ gateway, state: gatewayState(gateway, SERVER, now) }));
  const gateways = states.filter(({ state }) => acceptsWork(state)).map(({ gateway }) => gateway);
  const seen = all.map(({ lastSeenAt }) => lastSeenAt?.getTime() ?? 0);
  return {
    ...{ name, isGroup: of.gatewayId === null, to: of.gatewayId ?? of.gatewayGroupId ?? '', gateways },
    isThere: gateways.length > 0,
    state: groupState(states.map(({ state }) => state)),
    lastSeenAt: seen.some((ms) => ms > 0) ? new Date(Math.max(...seen)) : null,
  };
}

/** Why a gateway accepts no commands, and the remedy. */
export function gatewayUnavailableProblem(presence: Presence): Problem {
  return {
    code: 'gateway-away',
    title: `${presenceLabel(presence)} ${presence.isGroup ? 'has no connected gateway' : STATE[presence.state]}.`,
    ...(presence.lastSeenAt === null
      ? {}
      : { detail: `Last contact: ${formatInstant(presence.lastSeenAt.getTime(), 'UTC')} UTC.` }),
    remedy: REMEDY[presence.state],
    fixer: 'operator',
  };
}

/** `The data gateway Plant`, `The gateway group North`. */
export function presenceLabel({ name, isGroup }: Pick<Presence, 'name' | 'isGroup'>): string {
  return isGroup ? `The gateway group ${name}` : `The data gateway ${name}`;
}

const START = 'Start entrada gateway on its machine. If it is running, read its log. Or choose another data gateway.';

const STATE: Readonly<Record<GatewayState, string>> = {
  connected: 'is not connected',
  'upgrade-available': 'is not connected',
  disconnected: 'is not connected',
  'never-connected': 'was never connected',
  'unsupported-version': 'has a version that this server does not support',
  deactivated: 'is deactivated',
};

const REMEDY: Readonly<Record<GatewayState, string>> = {
  connected: START,
  'upgrade-available': START,
  disconnected: START,
  'never-connected': 'Register the gateway with its key. The page Data gateways shows the command.',
  'unsupported-version': "Install the server's version of Entrada on the machine of the gateway.",
  deactivated: 'Activate the gateway on the page Data gateways, or choose another data gateway.',
};

function gone(): Problem {
  return {
    code: 'gateway-away',
    title: 'The data gateway of this connection or target was deleted.',
    remedy: 'Edit the connection or the target, and choose another data gateway or none.',
    fixer: 'you',
  };
}
