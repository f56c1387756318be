import { CliError } from '../../launcher/cli-error.ts';
import type { ApiClient, Json } from '../api-client.ts';
import { RESOURCE_KINDS } from './kinds/all-kinds.ts';
import { SECRET_REFERENCE } from './project-file.ts';
import { type Project, textOf, type Variables } from './read-project.ts';
import type { CurrentResource, FieldChange, Kind, Ref, ResourceKind, WantedResource } from './resource.ts';

/** One change that an apply would make. */
export interface Step {
  readonly action: 'create' | 'update' | 'delete';
  readonly of: ResourceKind;
  readonly name: string;
  readonly wanted: WantedResource | null;
  readonly current: CurrentResource | null;
  readonly changes: readonly FieldChange[];
  /** Whether the secrets of the file are sent. */
  readonly sendsSecrets: boolean;
  /** Whether a person has to sign in for it. */
  readonly needsPerson: boolean;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Of what the server has, by `kind:name`. */
  readonly ids: ReadonlyMap<Ref, string>;
  /** Secrets that the steps need and whose environment variable is not set, in words. */
  readonly missing: readonly string[];
}

export interface PlanOptions {
  readonly variables: Variables;
  /** What the server has and the file does not name is deleted, in sections that are in the file. */
  readonly prune: boolean;
  /** Secrets are sent again, also of what has not changed. */
  readonly secrets: boolean;
}

/** Compares a project with what the server has. @throws CliError for what names nothing, and for what cannot be changed */
export async function planProject(api: ApiClient, project: Project, options: PlanOptions): Promise<Plan> {
  const ids = new Map<Ref, string>();
  const steps: Step[] = [];
  const deletions: Step[] = [];
  const inFile = new Set<Ref>();
  const named = new Set(RESOURCE_KINDS.flatMap(({ wanted }) => wanted(project) ?? []).flatMap(({ needs }) => needs.map(kindOf)));
  for (const of of RESOURCE_KINDS) {
    const wanted = of.wanted(project);
    if (named.has(of.kind)) await addIds(of.kind, api, ids);
    const current = wanted === null || (of.kind === 'metadata' && wanted.length === 0) ? [] : await of.current(api);
    for (const { id, name } of current) ids.set(`${of.kind}:${name}`, id);
    if (wanted === null) continue;
    const byName = new Map(current.map((each) => [each.name, each]));
    for (const each of wanted) {
      inFile.add(`${of.kind}:${each.name}`);
      const step = stepOf(of, each, byName.get(each.name) ?? null, options);
      if (step !== null) (step.action === 'delete' ? deletions : steps).push(step);
    }
    if (!options.prune || of.remove === null || of.kind === 'schedule') continue;
    const names = new Set(wanted.map(({ name }) => name));
    deletions.push(...current.filter(({ name }) => !names.has(name)).map((each) => deletion(of, each)));
  }
  refuseUnknownNames(project, { inFile, ids });
  return { steps: [...steps, ...deletions.toReversed()], ids, missing: steps.flatMap((step) => missingOf(step, options)) };
}

function kindOf(ref: Ref): Kind {
  return ref.slice(0, ref.indexOf(':')) as Kind;
}

/** Ids also of what the file names and does not manage, such as built-in targets. */
async function addIds(kind: Kind, api: ApiClient, ids: Map<Ref, string>): Promise<void> {
  const path = LISTS[kind];
  if (path === undefined) return;
  for (const { id, name } of await api.list(path)) ids.set(`${kind}:${String(name)}`, String(id));
}

const LISTS: Readonly<Partial<Record<Kind, string>>> = {
  gateway: '/gateways',
  'gateway group': '/gateway-groups',
  connection: '/connections',
  target: '/targets',
  task: '/tasks',
  'notification channel': '/notifications/channels',
};

function stepOf(
  of: ResourceKind,
  wanted: WantedResource,
  current: CurrentResource | null,
  { secrets }: PlanOptions,
): Step | null {
  const { name, value } = wanted;
  if (value === null) return current === null ? null : deletion(of, current);
  const hasSecrets = Object.keys(wanted.secrets).length > 0;
  if (current === null) {
    const changes = differences({}, value, of);
    const needsPerson = of.needsPerson?.(value, null) ?? false;
    return { action: 'create', of, name, wanted, current, changes, sendsSecrets: hasSecrets, needsPerson };
  }
  const changes = differences(current.value, value, of);
  const fixed = changes.find(({ path }) => of.fixed.includes(path));
  if (fixed !== undefined) throw cannotChange(of, wanted, fixed);
  const changed = new Set(changes.map(({ path }) => path));
  const sendsSecrets = hasSecrets && (secrets || of.sendsSecrets(changed));
  const needsPerson = of.needsPerson?.(value, changed) ?? false;
  if (changes.length === 0 && !(secrets && hasSecrets)) return null;
  return { action: 'update', of, name, wanted, current, changes, sendsSecrets, needsPerson };
}

function deletion(of: ResourceKind, current: CurrentResource): Step {
  return {
    action: 'delete',
    of,
    name: current.name,
    wanted: null,
    current,
    changes: [],
    sendsSecrets: false,
    needsPerson: false,
  };
}

/**
 * Members of `wanted` that differ; of the resource, those that it does not name are not looked at. Within a member, one that is left out is
 * gone, but for settings of targets, which have defaults that only the server knows. Lists are one value.
 */
function differences(current: Json, wanted: Json, { kind }: Pick<ResourceKind, 'kind'>, prefix = ''): FieldChange[] {
  const isWhole = prefix !== '' && kind !== 'target';
  const keys = isWhole ? new Set([...Object.keys(wanted), ...Object.keys(current)]) : Object.keys(wanted);
  return [...keys].flatMap((key) => {
    const [before, after] = [current[key], wanted[key]];
    const path = `${prefix}${key}`;
    if (after === undefined && !isWhole) return [];
    if (isObject(after) && (before === undefined || isObject(before))) {
      return differences(before ?? {}, after, { kind }, `${path}.`);
    }
    return isSame(before, after) ? [] : [{ path, before, after }];
  });
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The order of members says nothing, and a member without a value is none. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, inOrder) === JSON.stringify(other, inOrder);
}

function inOrder(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function cannotChange(
  { kind }: ResourceKind,
  { name, path }: WantedResource,
  { path: member, before, after }: FieldChange,
): CliError {
  return new CliError(
    `${textOf(path)}.${member}: the ${member} of the ${kind} ${name} cannot be changed (${String(before)} to ${String(after)}). Give it another name to create a new ${kind}; --prune deletes the old one.`,
  );
}

/** @throws CliError with all of them */
function refuseUnknownNames(
  project: Project,
  { inFile, ids }: { readonly inFile: ReadonlySet<Ref>; readonly ids: ReadonlyMap<Ref, string> },
): void {
  const unknown = RESOURCE_KINDS.flatMap(({ wanted }) => wanted(project) ?? []).flatMap(({ path, needs }) =>
    needs
      .filter((ref) => !ref.startsWith('metadata:') && !inFile.has(ref) && !ids.has(ref))
      .map(
        (ref) =>
          `${textOf(path)}: neither the file nor the server has the ${ref.replace(':', ' ')}. Add it, or correct the name.`,
      ),
  );
  if (unknown.length > 0) throw new CliError([...new Set(unknown)].join('\n'));
}

function missingOf({ of, name, wanted, sendsSecrets }: Step, { variables }: PlanOptions): string[] {
  if (!sendsSecrets || wanted === null) return [];
  return Object.entries(wanted.secrets).flatMap(([key, reference]) => {
    const [, variable = '', empty] = SECRET_REFERENCE.exec(reference) ?? [];
    if (variables[variable] !== undefined || empty !== undefined) return [];
    return [
      `${textOf(wanted.path)}.${key}: the ${of.kind} ${name} needs the environment variable ${variable}, which is not set.`,
    ];
  });
}

/** The secrets of a step in the clear; null where none are to be sent. */
export function secretsOf({ wanted, sendsSecrets }: Step, variables: Variables): Readonly<Record<string, string>> | null {
  if (!sendsSecrets || wanted === null) return null;
  return Object.fromEntries(
    Object.entries(wanted.secrets).flatMap(([key, reference]) => {
      const value = variables[SECRET_REFERENCE.exec(reference)?.[1] ?? ''];
      return value === undefined || value === '' ? [] : [[key, value]];
    }),
  );
}
