import { z } from 'zod';
import { type Id, idSchema } from '../id.ts';

/**
 * What a data gateway can be. `upgrade-available`: connected, and works, with an earlier version. `unsupported-version`: of another major
 * version of the protocol; it is given no work.
 */
export const GatewayState = z.enum([
  'connected',
  'disconnected',
  'never-connected',
  'upgrade-available',
  'unsupported-version',
  'deactivated',
]);
export type GatewayState = z.infer<typeof GatewayState>;

export const GATEWAY_STATE_LABEL: Readonly<Record<GatewayState, string>> = {
  connected: 'Connected',
  disconnected: 'Disconnected',
  'never-connected': 'Never connected',
  'upgrade-available': 'Upgrade available',
  'unsupported-version': 'Unsupported version',
  deactivated: 'Deactivated',
};

/** A gateway that was heard from within this time counts as connected, milliseconds; it is heard from several times as often. */
export const GATEWAY_HEARD_WITHIN_MS = 60_000;

/** What the state is computed from. */
export interface GatewayFacts {
  /** Null until it registered with its key. */
  readonly registeredAt: Date | null;
  readonly deactivatedAt: Date | null;
  readonly lastSeenAt: Date | null;
  /** Since when its command stream is open; a web process that died leaves it behind. */
  readonly connectedSince: Date | null;
  readonly version: string | null;
  /** `major.minor` */
  readonly protocolVersion: string | null;
}

/** What the server is, and what it speaks. */
export interface ServerRelease {
  readonly version: string;
  /** `major.minor` */
  readonly protocolVersion: string;
}

export function gatewayState(facts: GatewayFacts, server: ServerRelease, now: Date): GatewayState {
  if (facts.deactivatedAt !== null) return 'deactivated';
  if (facts.registeredAt === null) return 'never-connected';
  if (!speaksProtocol(facts.protocolVersion, server)) return 'unsupported-version';
  const heardAgo = now.getTime() - (facts.lastSeenAt?.getTime() ?? 0);
  if (facts.connectedSince === null || heardAgo > GATEWAY_HEARD_WITHIN_MS) return 'disconnected';
  return isEarlierVersion(facts.version, server.version) ? 'upgrade-available' : 'connected';
}

/** Whether a gateway in this state takes work. */
export function takesWork(state: GatewayState): boolean {
  return state === 'connected' || state === 'upgrade-available';
}

/** Any version of the server's major version is understood; one that is not known yet is asked when it connects. */
function speaksProtocol(protocolVersion: string | null, server: ServerRelease): boolean {
  return protocolVersion === null || majorOf(protocolVersion) === majorOf(server.protocolVersion);
}

function majorOf(version: string): string {
  return version.split('.', 1)[0] ?? '';
}

/** Compares `major.minor.patch`; what follows a hyphen or a plus sign (semver.org, 9 and 10) is not looked at. */
function isEarlierVersion(version: string | null, than: string): boolean {
  if (version === null) return false;
  const [own, other] = [numbersOf(version), numbersOf(than)];
  const at = own.findIndex((number, index) => number !== (other[index] ?? 0));
  return at !== -1 && (own[at] ?? 0) < (other[at] ?? 0);
}

function numbersOf(version: string): number[] {
  const [core = ''] = version.split(/[-+]/u, 1);
  return [...core.split('.'), '0', '0'].slice(0, 3).map((part) => Number.parseInt(part, 10) || 0);
}

/** What it reports to work on now. */
export const GatewayActivity = z.object({
  kind: z.enum(['run', 'operation']),
  /** For people: the task's name, or what the operation does. */
  title: z.string().max(300),
  since: z.iso.datetime(),
  runId: z.string().nullable(),
});
export type GatewayActivity = z.infer<typeof GatewayActivity>;

export const GatewayName = z
  .string()
  .trim()
  .min(1, 'Give the data gateway a name.')
  .max(120, 'A name has at most 120 characters.');
export const GatewayDescription = z.string().trim().max(500, 'A description has at most 500 characters.').default('');

/** Through what a tenant or a target is reached: a gateway, or any connected one of a group. */
export interface GatewayRef {
  readonly kind: 'gateway' | 'group';
  readonly id: string;
  readonly name: string;
}

/** As inputs name it; neither: the server itself. At most one of the two may be given. */
export const GatewayChoice = z.object({
  gatewayId: idSchema('gw').nullable().default(null),
  gatewayGroupId: idSchema('gwg').nullable().default(null),
});
export type GatewayChoice = z.output<typeof GatewayChoice>;

export interface GatewayIds {
  readonly gatewayId: string | null;
  readonly gatewayGroupId: string | null;
}

/** As a select holds it: an id of a gateway or of a group, or nothing. */
export function gatewayChoiceOf(value: string): GatewayChoice {
  if (value === '') return { gatewayId: null, gatewayGroupId: null };
  if (value.startsWith('gwg_')) return { gatewayId: null, gatewayGroupId: value as Id<'gwg'> };
  return { gatewayId: value as Id<'gw'>, gatewayGroupId: null };
}

/** What stands in such a select. */
export interface GatewayOptionDto extends GatewayRef {
  /** Of a group: its best member's. */
  readonly state: GatewayState;
  /** Of a group: how many of its members are connected. */
  readonly connectedMembers: number;
  readonly members: number;
}

/** The state of a group: connected when one of its members is. */
export function groupState(states: readonly GatewayState[]): GatewayState {
  const order: readonly GatewayState[] = [
    ...(['connected', 'upgrade-available', 'disconnected', 'unsupported-version', 'deactivated'] as const),
  ];
  return order.find((state) => states.includes(state)) ?? 'never-connected';
}
