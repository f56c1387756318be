import { z } from 'zod';
import { type Id, idSchema } from '../id.ts';

/**
 * States of a data gateway. `upgrade-available`: connected and working, with an earlier version. `unsupported-version`: another major
 * version of the protocol; it gets no work.
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

/** A gateway whose last message is younger than this counts as connected, milliseconds; it sends several in that time. */
export const GATEWAY_HEARD_WITHIN_MS = 60_000;

/** Input of `gatewayState`. */
export interface GatewayFacts {
  /** Null until it registered with its key. */
  readonly registeredAt: Date | null;
  readonly deactivatedAt: Date | null;
  readonly lastSeenAt: Date | null;
  /** When its command stream was opened; a web process that died leaves the value behind. */
  readonly connectedSince: Date | null;
  readonly version: string | null;
  /** `major.minor` */
  readonly protocolVersion: string | null;
}

/** Version and protocol version of the server. */
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

/** Whether a gateway in this state gets work. */
export function acceptsWork(state: GatewayState): boolean {
  return state === 'connected' || state === 'upgrade-available';
}

/** The server supports every minor version of its own major version; an unknown version is checked when the gateway connects. */
function speaksProtocol(protocolVersion: string | null, server: ServerRelease): boolean {
  return protocolVersion === null || majorOf(protocolVersion) === majorOf(server.protocolVersion);
}

function majorOf(version: string): string {
  return version.split('.', 1)[0] ?? '';
}

/** Compares `major.minor.patch`; ignores pre-release and build suffixes (semver.org, 9 and 10). */
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

/** Work that it reports as under way. */
export const GatewayActivity = z.object({
  kind: z.enum(['run', 'operation']),
  /** Display text: the task's name, or the name of the operation. */
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

/** How a tenant or a target is reached: through a gateway, or through any connected gateway of a group. */
export interface GatewayRef {
  readonly kind: 'gateway' | 'group';
  readonly id: string;
  readonly name: string;
}

/** A choice in inputs; both null: the server itself. At most one may be given. */
export const GatewayChoice = z.object({
  gatewayId: idSchema('gw').nullable().default(null),
  gatewayGroupId: idSchema('gwg').nullable().default(null),
});
export type GatewayChoice = z.output<typeof GatewayChoice>;

export interface GatewayIds {
  readonly gatewayId: string | null;
  readonly gatewayGroupId: string | null;
}

/** The choice of a select element: the id of a gateway or of a group, or an empty text. */
export function gatewayChoiceOf(value: string): GatewayChoice {
  if (value === '') return { gatewayId: null, gatewayGroupId: null };
  if (value.startsWith('gwg_')) return { gatewayId: null, gatewayGroupId: value as Id<'gwg'> };
  return { gatewayId: value as Id<'gw'>, gatewayGroupId: null };
}

/** An option of that select element. */
export interface GatewayOptionDto extends GatewayRef {
  /** For a group: the state of its best member. */
  readonly state: GatewayState;
  /** For a group: number of connected members. */
  readonly connectedMembers: number;
  readonly members: number;
}

/** The state of a group: connected when at least one member is. */
export function groupState(states: readonly GatewayState[]): GatewayState {
  const order: readonly GatewayState[] = [
    ...(['connected', 'upgrade-available', 'disconnected', 'unsupported-version', 'deactivated'] as const),
  ];
  return order.find((state) => states.includes(state)) ?? 'never-connected';
}
