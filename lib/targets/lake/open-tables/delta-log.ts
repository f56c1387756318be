import { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';
import type { LakeStore } from '../lake-store.ts';

/** Actions of a commit (Delta Transaction Log Protocol, "Actions"); keeps members that are not read here. */
const AddFile = z.looseObject({ path: z.string(), size: z.number(), modificationTime: z.number(), stats: z.string().optional() });
const MetaData = z.looseObject({
  id: z.string(),
  schemaString: z.string(),
  configuration: z.record(z.string(), z.string()).default({}),
});
const Protocol = z.looseObject({ minReaderVersion: z.number(), minWriterVersion: z.number() });
const Action = z.looseObject({
  add: AddFile.optional(),
  remove: z.looseObject({ path: z.string(), deletionTimestamp: z.number().optional() }).optional(),
  metaData: MetaData.optional(),
  protocol: Protocol.optional(),
  commitInfo: z.looseObject({ engineInfo: z.string().optional() }).optional(),
});
export type AddFile = z.infer<typeof AddFile>;
export type MetaData = z.infer<typeof MetaData>;
type Action = z.infer<typeof Action>;

export const LOG = '_delta_log';
/** `engineInfo` of Entrada's commits starts with it: each of them contains the whole table. */
export const ENGINE = 'Entrada';
export const READER_VERSION = 1;
export const WRITER_VERSION = 2;

/** The table after a commit. */
export interface DeltaState {
  readonly version: number;
  readonly metaData: MetaData;
  /** By path as in the log. */
  readonly files: ReadonlyMap<string, AddFile>;
}

export function commitName(version: number): string {
  return `${LOG}/${String(version).padStart(20, '0')}.json`;
}

/** Numbers of the commits in the log, sorted. */
export async function listCommits(store: LakeStore): Promise<readonly number[]> {
  const names = await store.list(`${LOG}/`);
  return names.flatMap((name) => {
    const number = /\/(\d{20})\.json$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/**
 * The last state; null where there is no table. A commit by Entrada replaces all files and contains the schema, so the log is read from the last one
 * of them on; later commits by others are applied.
 * @throws AppError `table-not-ours` when the table needs a newer protocol.
 */
export async function readDelta(store: LakeStore): Promise<DeltaState | null> {
  const commits = await listCommits(store);
  const last = commits.at(-1);
  if (last === undefined) return null;
  const actions: Action[][] = [];
  for (let version = last; ; version--) {
    const text = await store.get(commitName(version));
    if (text === null) throw notOurs(store, 'its log does not reach back to a commit of Entrada');
    const commit = parseCommit(text);
    actions.unshift(commit);
    if (version === 0 || isOurs(commit)) break;
  }
  return applyActions(store, last, actions.flat());
}

function parseCommit(text: string): Action[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Action.parse(JSON.parse(line)));
}

function isOurs(commit: readonly Action[]): boolean {
  return commit.some(({ commitInfo }) => commitInfo?.engineInfo?.startsWith(`${ENGINE}/`) === true);
}

function applyActions(store: LakeStore, version: number, actions: readonly Action[]): DeltaState {
  const files = new Map<string, AddFile>();
  let metaData: MetaData | null = null;
  for (const { add, remove, metaData: described, protocol } of actions) {
    if (remove !== undefined) files.delete(remove.path);
    if (add !== undefined) files.set(add.path, add);
    metaData = described ?? metaData;
    if (protocol !== undefined && (protocol.minReaderVersion > READER_VERSION || protocol.minWriterVersion > WRITER_VERSION))
      throw notOurs(store, 'another writer has raised its protocol');
  }
  if (metaData === null) throw notOurs(store, 'its log has no schema');
  if (metaData.configuration['delta.appendOnly'] === 'true') throw notOurs(store, 'it is append-only');
  return { version, metaData, files };
}

function notOurs(store: LakeStore, why: string): AppError {
  return new AppError({
    code: 'table-not-ours',
    title: `The Delta table in ${store.location} can't be written: ${why}.`,
    remedy: 'Choose another folder in the task, or remove that table. Nothing was published.',
    fixer: 'you',
  });
}
