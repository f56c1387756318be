import { parse } from 'yaml';
import { CliError } from '../../launcher/cli-error.ts';
import type { CommandCall } from '../adders.ts';
import type { ApiClient, Json } from '../api-client.ts';
import { formatRows } from '../output.ts';
import { readTextFile } from '../read-text-file.ts';
import type { ApiCommand } from './api-command.ts';
import { resolveParams } from './resolve-params.ts';

/** Does what the command says; answers what is to be printed. */
export async function runCommand(command: ApiCommand, { api, args, given }: CommandCall): Promise<string> {
  const path = withQuery(await resolveParams(command.path, args, api), given['query']);
  if (command.columns !== undefined) {
    const items = command.items;
    const rows = items === undefined ? await api.list(path) : ((await api.get(path))[items] as readonly Json[]);
    return formatRows(rows, command.columns, given.json === true);
  }
  if (command.text === true) return api.text(path);
  const current = await currentOf(command, path, api);
  const body = bodyOf(command, given, current?.json ?? null);
  const { json } = await api.request({
    method: command.method,
    path,
    ...(body === null ? {} : { body }),
    ...(command.body === 'text' ? { contentType: 'application/yaml' } : {}),
    ...(current === null || current.etag === null ? {} : { ifMatch: current.etag }),
  });
  if (command.print !== undefined && given.json !== true) return command.print(json);
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** What an edit is made from: it names its version, and keeps the members that are not given. */
async function currentOf({ method, within, operation }: ApiCommand, path: string, api: ApiClient) {
  if (within !== undefined) {
    const id = path.split('/').at(-1);
    return { json: (await api.list(within)).find((each) => each['id'] === id) ?? {}, etag: null };
  }
  if (operation === 'saveSchedule') return existing(path, api);
  const isEdit = method === 'PATCH' && EDITED.test(path);
  return isEdit ? api.request({ method: 'GET', path }) : null;
}

/** Things that can be asked for by the address that they are edited at. */
const EDITED = /^\/(connections|targets|tasks|gateways)\/[^/]+$/;

/** Null where there is none yet. */
async function existing(path: string, api: ApiClient) {
  try {
    return await api.request({ method: 'GET', path });
  } catch (error) {
    if (error instanceof CliError && 'code' in error && error.code === 'not-found') return null;
    throw error;
  }
}

function bodyOf(
  { body, fixed, base, method }: ApiCommand,
  given: CommandCall['given'],
  current: Json | null,
): Json | string | null {
  if (fixed !== undefined) return fixed;
  if (body === undefined) return method === 'POST' ? {} : null;
  if (body === 'text') return readText(given['file']);
  const kept = current !== null && base !== undefined ? base(current) : {};
  return { ...kept, ...bodyFrom(given) };
}

/** The body of --file, and over it the members of --set. */
export function bodyFrom(given: CommandCall['given']): Json {
  const file = given['file'];
  const body = structuredClone(typeof file === 'string' ? ((parse(readText(file)) ?? {}) as object) : {}) as Record<
    string,
    unknown
  >;
  for (const text of (given['set'] ?? []) as readonly string[]) setMember(body, text);
  return body;
}

/** `rule.kind=cron`: the value is read as YAML, so that numbers, lists and null are what they are. */
function setMember(body: Record<string, unknown>, text: string): void {
  const at = text.indexOf('=');
  if (at < 1) throw new CliError(`--set ${text}: write name=value.`, { exitCode: 2 });
  const path = text.slice(0, at).split('.');
  const last = path.pop() ?? '';
  let place = body;
  for (const part of path) {
    const inner = (place[part] ?? {}) as Record<string, unknown>;
    place[part] = inner;
    place = inner;
  }
  place[last] = readValue(text.slice(at + 1));
}

function readValue(text: string): unknown {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null && !/^[[{]/.test(text) ? text : value;
  } catch {
    return text;
  }
}

function readText(file: unknown): string {
  if (typeof file !== 'string')
    throw new CliError('The file is missing. Use --file <file>, or --file - for standard input.', { exitCode: 2 });
  return file === '-' ? readTextFile(file, 0) : readTextFile(file);
}

function withQuery(path: string, pairs: unknown): string {
  if (!Array.isArray(pairs) || pairs.length === 0) return path;
  const [address = '', query = ''] = path.split('?');
  const params = new URLSearchParams(query);
  for (const pair of pairs as readonly string[]) {
    const at = pair.indexOf('=');
    if (at < 1) throw new CliError(`--query ${pair}: write name=value.`, { exitCode: 2 });
    params.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return `${address}?${params}`;
}
