import type { ApiClient, Json } from '../api-client.ts';
import type { Project } from './read-project.ts';

/** What a project holds, in the order in which it is made. */
export const KINDS = [
  'gateway',
  'gateway group',
  'connection',
  'metadata',
  'target',
  'task',
  'schedule',
  'notification channel',
  'notification rule',
] as const;
export type Kind = (typeof KINDS)[number];

/** Names a resource: a resource is the same as long as its name is. */
export type Ref = `${Kind}:${string}`;

/** A resource as the file wants it. */
export interface WantedResource {
  readonly name: string;
  /** Where it stands in the file. */
  readonly path: readonly (string | number)[];
  /** Compared with what the server has, member by member; null: it is to be deleted. */
  readonly value: Json | null;
  /** References to environment variables, by where they stand in the resource. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What it names. */
  readonly needs: readonly Ref[];
}

/** A resource as the server has it. */
export interface CurrentResource {
  readonly name: string;
  readonly id: string;
  /** Of the version that was read; null where edits need none. */
  readonly etag: string | null;
  /** In the words of the file, without secrets. */
  readonly value: Json;
}

/** A change of one member. */
export interface FieldChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What a step of an apply is given. */
export interface Target {
  readonly api: ApiClient;
  /** @throws CliError when nothing has this name */
  readonly idOf: (kind: Kind, name: string) => string;
  /** The values of the secrets that are to be sent, by where they stand; null: none are to be sent. */
  readonly secrets: Readonly<Record<string, string>> | null;
  /** Has a person sign in at the address; answers what the page shows them afterwards. */
  readonly askForCode: (authorizeUrl: string, name: string) => Promise<string>;
  /** What the person allowed beyond the plain change. */
  readonly allow: AllowedRisks;
}

export interface AllowedRisks {
  /** A task with landed rows may change its update method: they are dropped. */
  readonly recreate: boolean;
  /** A target that tasks use may change its location. */
  readonly moveTargets: boolean;
}

export interface Save {
  readonly wanted: WantedResource & { readonly value: Json };
  readonly current: CurrentResource | null;
  /** Paths of what differs. */
  readonly changed: ReadonlySet<string>;
}

/** How one kind of resource is read, made and changed. */
export interface ResourceKind {
  readonly kind: Kind;
  /** Null: the section is not in the file, and nothing of this kind is looked at. */
  readonly wanted: (project: Project) => readonly WantedResource[] | null;
  readonly current: (api: ApiClient) => Promise<readonly CurrentResource[]>;
  /** Members that stay as they are once it is made. */
  readonly fixed: readonly string[];
  /** Whether a change of these members sends the secrets again. */
  readonly sendsSecrets: (changed: ReadonlySet<string>) => boolean;
  /** Whether a person has to sign in for it; `changed` is null where it is made. */
  readonly needsPerson?: (value: Json, changed: ReadonlySet<string> | null) => boolean;
  /** Answers the id. */
  readonly save: (save: Save, target: Target) => Promise<string>;
  /** Null: it goes with what it belongs to. */
  readonly remove: ((current: CurrentResource, api: ApiClient) => Promise<void>) | null;
}

/** Ids as inputs name a gateway or a group. */
export function reachedBy(value: Json, { idOf }: Pick<Target, 'idOf'>): Json {
  const { gateway, gatewayGroup } = value;
  return {
    gatewayId: typeof gateway === 'string' ? idOf('gateway', gateway) : null,
    gatewayGroupId: typeof gatewayGroup === 'string' ? idOf('gateway group', gatewayGroup) : null,
  };
}

/** The names of what it is reached through, as the file has them. */
export function reachedThrough(ref: unknown): { readonly gateway: string | null; readonly gatewayGroup: string | null } {
  const { kind, name = null } = (ref ?? {}) as { kind?: string; name?: string };
  return { gateway: kind === 'gateway' ? name : null, gatewayGroup: kind === 'group' ? name : null };
}

export function reachedNeeds({ gateway, gatewayGroup }: { gateway: string | null; gatewayGroup: string | null }): Ref[] {
  return [
    ...(gateway === null ? [] : [`gateway:${gateway}` as const]),
    ...(gatewayGroup === null ? [] : [`gateway group:${gatewayGroup}` as const]),
  ];
}

/** Reads the details of every item of a list, with their entity tags. */
export async function readEach(
  api: ApiClient,
  items: readonly Json[],
  path: string,
): Promise<readonly { readonly json: Json; readonly etag: string | null }[]> {
  const found = [];
  for (const { id } of items) found.push(await api.request({ method: 'GET', path: `${path}/${String(id)}` }));
  return found;
}
