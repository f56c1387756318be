import { CliError } from '../../launcher/cli-error.ts';
import type { ApiClient } from '../api-client.ts';

/** Lists in which a parameter is found by what people call it. */
const LISTS: Readonly<Record<string, { readonly path: string; readonly by: 'name' | 'email'; readonly see: string }>> = {
  connectionId: { path: '/connections', by: 'name', see: 'connections list' },
  targetId: { path: '/targets', by: 'name', see: 'targets list' },
  taskId: { path: '/tasks', by: 'name', see: 'tasks list' },
  gatewayId: { path: '/gateways', by: 'name', see: 'gateways list' },
  gatewayGroupId: { path: '/gateway-groups', by: 'name', see: 'gateways groups' },
  channelId: { path: '/notifications/channels', by: 'name', see: 'notifications channels' },
  ruleId: { path: '/notifications/rules', by: 'name', see: 'notifications rules' },
  userId: { path: '/people', by: 'email', see: 'people list' },
};
const ID = /^[a-z]+_[a-z0-9]{20}$/;

/** Names of the parameters of a path, in their order. */
export function paramsOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** The path with its parameters in it; an argument is an id, or a name (of a person, the e-mail address). @throws CliError */
export async function resolveParams(path: string, args: readonly string[], api: ApiClient): Promise<string> {
  let resolved = path;
  for (const [at, name] of paramsOf(path).entries()) {
    const connection = /^\/connections\/([^/{]+)/.exec(resolved)?.[1];
    resolved = resolved.replace(`{${name}}`, encodeURIComponent(await idOf(name, args[at] ?? '', { api, connection })));
  }
  return resolved;
}

/** The id of what an argument names. @throws CliError */
export async function idOf(
  param: string,
  wanted: string,
  { api, connection }: { readonly api: ApiClient; readonly connection?: string | undefined },
): Promise<string> {
  const list =
    param === 'datasetId' && connection !== undefined
      ? ({ path: `/connections/${connection}/metadata/datasets`, by: 'name', see: `metadata list ${connection}` } as const)
      : LISTS[param];
  if (ID.test(wanted) || list === undefined) return wanted;
  const found = (await api.list(list.path)).find((each) => each['id'] === wanted || each[list.by] === wanted);
  if (found !== undefined) return String(found['id']);
  throw new CliError(
    `No ${param.replace(/Id$/, '').toLowerCase()} has the name or id ${wanted}. List them with \`entrada ${list.see}\`.`,
  );
}
