import { z } from 'zod';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import type { LakeStore } from '../lake-store.ts';
import { notWritable } from './not-writable.ts';
import { type OpenTableFiles, withLocalCopy } from './open-table-files.ts';

/** Actions of a commit (Delta Transaction Log Protocol, "Actions"); members that nothing here reads are kept. */
const AddFile = z.looseObject({ path: z.string(), size: z.number(), modificationTime: z.number(), stats: z.string().nullish() });
const MetaData = z.looseObject({
  id: z.string(),
  schemaString: z.string(),
  partitionColumns: z.array(z.string()).default([]),
  configuration: z.record(z.string(), z.string()).default({}),
});
const Protocol = z.looseObject({ minReaderVersion: z.number(), minWriterVersion: z.number() });
const Action = z.looseObject({
  add: AddFile.nullish(),
  remove: z.looseObject({ path: z.string(), deletionTimestamp: z.number().nullish() }).nullish(),
  metaData: MetaData.nullish(),
  protocol: Protocol.nullish(),
  commitInfo: z.looseObject({ engineInfo: z.string().optional(), userMetadata: z.string().optional() }).nullish(),
});
export type AddFile = z.infer<typeof AddFile>;
export type MetaData = z.infer<typeof MetaData>;
type Action = z.infer<typeof Action>;

export const LOG_FOLDER = '_delta_log';
/** `engineInfo` of Entrada's commits starts with it: each of them contains the whole table. */
export const ENGINE_NAME = 'Entrada';
export const READER_VERSION = 1;
export const WRITER_VERSION = 2;

/** The table after a commit. */
export interface DeltaState {
  readonly version: number;
  readonly metaData: MetaData;
  /** By path as in the log. */
  readonly files: ReadonlyMap<string, AddFile>;
  /** Runs of which the log has a commit, as far as it was read. */
  readonly runs: ReadonlySet<string>;
}

function numbered(version: number): string {
  return `${LOG_FOLDER}/${String(version).padStart(20, '0')}`;
}

export function commitName(version: number): string {
  return `${numbered(version)}.json`;
}

export function checkpointName(version: number): string {
  return `${numbered(version)}.checkpoint.parquet`;
}

/** Numbers of the commits and of the checkpoints that the log has, in order. */
export async function listLog(
  store: LakeStore,
): Promise<{ readonly commits: readonly number[]; readonly checkpoints: readonly number[] }> {
  const names = await store.list(`${LOG_FOLDER}/`);
  const numbersOf = (pattern: RegExp) =>
    names.flatMap((name) => {
      const number = pattern.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    });
  return { commits: numbersOf(/\/(\d{20})\.json$/), checkpoints: numbersOf(/\/(\d{20})\.checkpoint\.parquet$/) };
}

/**
 * The last state; null where there is no table. A commit by Entrada replaces all files and contains the schema, so the log is read from the last one
 * of them on; later commits by others are applied.
 * @throws AppError `table-not-ours` when the table needs a newer protocol.
 */
export async function readDelta(lake: OpenTableFiles): Promise<DeltaState | null> {
  const { store } = lake;
  const { commits, checkpoints } = await listLog(store);
  const last = commits.at(-1);
  if (last === undefined) return null;
  const base = checkpoints.findLast((version) => version <= last);
  const actions = base === undefined ? [] : await readCheckpoint(lake, base);
  for (let version = base === undefined ? 0 : base + 1; version <= last; version++) {
    const text = await store.get(commitName(version));
    if (text === null)
      throw notWritable(
        store,
        'Delta',
        'commits of its log are missing, or Entrada does not support the format of its checkpoint',
      );
    actions.push(...parseActions(text));
  }
  // The commit of the checkpoint itself says which run made it.
  const text = base === undefined ? null : await store.get(commitName(base));
  return applyActions(store, last, { actions, runs: runsOf([...(text === null ? [] : parseActions(text)), ...actions]) });
}

function parseActions(text: string): Action[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Action.parse(JSON.parse(line)));
}

/** "Checkpoints" of the protocol: the actions that hold, one a row. */
async function readCheckpoint(lake: OpenTableFiles, version: number): Promise<Action[]> {
  return withLocalCopy(lake, checkpointName(version), async (file) => {
    const rows = await lake.stage.query(
      `SELECT CAST(to_json({add: "add", metaData: "metaData", protocol: protocol}) AS VARCHAR) FROM read_parquet(${sqlText(file)})`,
    );
    return rows.map(([text]) => Action.parse(JSON.parse(String(text))));
  });
}

function runsOf(actions: readonly Action[]): ReadonlySet<string> {
  return new Set(
    actions.flatMap(({ commitInfo }) =>
      commitInfo?.engineInfo?.startsWith(`${ENGINE_NAME}/`) === true ? [commitInfo.userMetadata ?? ''] : [],
    ),
  );
}

function applyActions(
  store: LakeStore,
  version: number,
  { actions, runs }: { readonly actions: readonly Action[]; readonly runs: ReadonlySet<string> },
): DeltaState {
  const files = new Map<string, AddFile>();
  let metaData: MetaData | null = null;
  for (const { add, remove, metaData: described, protocol } of actions) {
    if (remove != null) files.delete(remove.path);
    if (add != null) files.set(add.path, add);
    metaData = described ?? metaData;
    if (protocol != null && (protocol.minReaderVersion > READER_VERSION || protocol.minWriterVersion > WRITER_VERSION))
      throw notWritable(store, 'Delta', 'another writer has changed it to a newer protocol version');
  }
  if (metaData === null) throw notWritable(store, 'Delta', 'its log has no schema');
  if (metaData.configuration['delta.appendOnly'] === 'true') throw notWritable(store, 'Delta', 'it is append-only');
  if (metaData.partitionColumns.length > 0) throw notWritable(store, 'Delta', 'it has partitions');
  return { version, metaData, files, runs };
}
