import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { fromFile, toFile } from '#lib/domain/metadata/metadata-file.ts';
import type { TargetKindDto } from '#lib/domain/target/target.ts';
import { suggestNamespace } from '#lib/domain/task/task.ts';
import type { ApiClient, Json } from '../api-client.ts';
import { connections, readMetadata } from './kinds/connections.ts';
import { gatewayGroups, gateways } from './kinds/gateways.ts';
import { channels, rules } from './kinds/notifications.ts';
import { secretsOfKind, targets } from './kinds/targets.ts';
import { schedules, tasks } from './kinds/tasks.ts';
import type { CurrentResource } from './resource.ts';

export interface ExportedProject {
  readonly project: Json;
  /** Metadata of each connection, by its name. */
  readonly metadata: ReadonlyMap<string, object>;
}

const HEADER = `# A project of Entrada: what a server is set up with. \`entrada plan\` shows what differs, \`entrada apply\` changes the server.
# Secrets are environment variables, never values. \`entrada schema\` prints the schema of this file.
`;

/** Everything that a project file can hold, as the server has it; of metadata, the datasets that are selected or that a task reads. */
export async function exportProject(api: ApiClient): Promise<ExportedProject> {
  const variable = variableNames();
  const allTasks = await tasks.current(api);
  const ownSchedules = new Map((await schedules.current(api)).map(({ name, value }) => [name, value]));
  const ownConnections = await connections.current(api);
  const kinds = new Map(
    (await api.list('/targets/kinds')).map((kind) => [String(kind['kind']), kind as unknown as TargetKindDto]),
  );
  const project = {
    format: 'entrada-project',
    version: 1,
    gateways: (await gateways.current(api)).map(item),
    gatewayGroups: (await gatewayGroups.current(api)).map(item),
    connections: ownConnections.map((each) => {
      const key = each.value['credential'] === 'secret' ? 'clientSecret' : 'certificate';
      return { ...item(each), [key]: variable(each.name, key) };
    }),
    targets: (await targets.current(api)).map((each) => {
      const known = secretsOfKind(kinds.get(String(each.value['kind'])), each.value['settings'] as Json);
      const secrets = known.map(({ name, optional }) => [name, variable(each.name, name, optional)]);
      return { ...item(each), ...(secrets.length === 0 ? {} : { secrets: Object.fromEntries(secrets) }) };
    }),
    tasks: allTasks.map((each) => ({ ...item(each), schedule: withoutReferences(ownSchedules.get(each.name) ?? null) })),
    notificationChannels: (await channels.current(api)).map((each) => ({
      ...item(each),
      ...(each.value['kind'] === 'email' ? {} : { url: variable(each.name, 'url') }),
    })),
    notificationRules: (await rules.current(api)).map(item),
  };
  return { project, metadata: await metadataOf(api, ownConnections, allTasks) };
}

async function metadataOf(
  api: ApiClient,
  ownConnections: readonly CurrentResource[],
  allTasks: readonly CurrentResource[],
): Promise<ReadonlyMap<string, object>> {
  const found = new Map<string, object>();
  for (const { id, name } of ownConnections) {
    const read = new Set(
      allTasks.filter(({ value }) => value['connection'] === name).flatMap(({ value }) => value['datasets'] as string[]),
    );
    const datasets = fromFile((await readMetadata(api, id)) ?? { format: 'entrada-metadata', version: 1, datasets: [] });
    const chosen = datasets.filter(({ selected, definition }) => selected || read.has(definition.name));
    if (chosen.length > 0) found.set(name, toFile(chosen));
  }
  return found;
}

/** Members without a value are left out: that is their default. */
function item({ name, value }: CurrentResource): Json {
  return withoutReferences({
    name,
    ...Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)),
  }) as Json;
}

/** A text that only looks like a variable. */
function withoutReferences(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', '$${');
  if (Array.isArray(value)) return value.map(withoutReferences);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutReferences(member)]));
}

/** Names of environment variables, each once: `Contoso` and `clientSecret` make `${CONTOSO_CLIENT_SECRET}`. */
function variableNames(): (name: string, key: string, optional?: boolean) => string {
  const used = new Set<string>();
  return (name, key, optional = false) => {
    const words = `${name} ${key.replaceAll(/([a-z])([A-Z])/g, '$1 $2')}`.normalize('NFKD').toUpperCase();
    const base = words.replaceAll(/[^A-Z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
    const start = /^[A-Z]/.test(base) ? base : `X_${base}`;
    let chosen = start;
    for (let number = 2; used.has(chosen); number++) chosen = `${start}_${number}`;
    used.add(chosen);
    return `\${${chosen}${optional ? ':-' : ''}}`;
  };
}

/** One text, with the metadata in it. */
export function toText({ project, metadata }: ExportedProject): string {
  return HEADER + write({ ...project, connections: withMetadata(project, (name) => metadata.get(name)) });
}

/** Writes the project, and the metadata of each connection to a file of its own below `metadata`. Answers the files. */
export function writeFiles({ project, metadata }: ExportedProject, file: string): readonly string[] {
  const used = new Set<string>();
  const paths = new Map(
    [...metadata.keys()].map((name) => {
      const slug = suggestNamespace(name);
      const path = used.has(slug) ? `${slug}_${used.size}` : slug;
      used.add(path);
      return [name, join('metadata', `${path}.yaml`)];
    }),
  );
  mkdirSync(dirname(file), { recursive: true });
  const written = [file];
  writeFileSync(file, HEADER + write({ ...project, connections: withMetadata(project, (name) => paths.get(name)) }));
  for (const [name, path] of paths) {
    const own = join(dirname(file), path);
    mkdirSync(dirname(own), { recursive: true });
    writeFileSync(own, write(metadata.get(name) ?? {}));
    written.push(own);
  }
  return written;
}

function withMetadata(project: Json, of: (name: string) => unknown): readonly Json[] {
  return (project['connections'] as readonly Json[]).map((connection) => {
    const metadata = of(String(connection['name']));
    return metadata === undefined ? connection : { ...connection, metadata };
  });
}

function write(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
