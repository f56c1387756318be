import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import type { LakeStore } from '../lake-store.ts';
import type { ColumnStats } from './column-stats.ts';
import {
  type AddFile,
  checkpointName,
  commitName,
  type DeltaState,
  ENGINE_NAME,
  LOG_FOLDER,
  listLog,
  type MetaData,
  READER_VERSION,
  readDelta,
  WRITER_VERSION,
} from './delta-log.ts';
import type { NextSnapshot, TableFile } from './next-snapshot.ts';
import type { OpenTableFiles } from './open-table-files.ts';
import { tableConflict } from './table-conflict.ts';

/** A checkpoint is written after each commit whose number is a multiple of this. */
export const CHECKPOINT_EVERY = 10;
const ATTEMPTS_MAX = 5;

/**
 * Commits a version as the next state of the Delta table: removes all files and adds those of the version (Delta Transaction Log
 * Protocol; reader version 1, writer version 2). Only one writer can create the file of a commit.
 */
export async function commitDelta({ store, stage }: OpenTableFiles, next: NextSnapshot): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await readDelta({ store, stage });
    const change = changeOf(next, before);
    if (before?.runs.has(next.runId) === true && change.adds.length + change.removes.length === 0) return;
    const version = before === null ? 0 : before.version + 1;
    if (!(await store.putIfAbsent(commitName(version), toLines(commitLines(next, change))))) continue;
    if (version > 0 && version % CHECKPOINT_EVERY === 0) await writeCheckpoint({ store, stage }, version, change);
    return;
  }
  throw tableConflict('Delta', store.location);
}

/** Deletes commits and checkpoints that no kept version needs. */
export async function deleteUnneededDeltaFiles(store: LakeStore, versionsKept: number): Promise<void> {
  const { commits, checkpoints } = await listLog(store);
  const oldest = (commits.at(-1) ?? 0) - versionsKept - CHECKPOINT_EVERY;
  const base = checkpoints.findLast((version) => version <= oldest);
  if (base === undefined) return;
  for (const version of commits) if (version < base) await store.delete(commitName(version));
  for (const version of checkpoints) if (version < base) await store.delete(checkpointName(version));
}

interface Change {
  readonly before: DeltaState | null;
  readonly metaData: MetaData;
  readonly adds: readonly AddFile[];
  readonly removes: readonly AddFile[];
  /** Of the table afterwards. */
  readonly files: readonly AddFile[];
}

function changeOf(next: NextSnapshot, before: DeltaState | null): Change {
  const wanted = new Map(next.files.map((file) => [encodeURI(file.path), file]));
  const stays = [...(before?.files.values() ?? [])].filter(({ path }) => wanted.has(path));
  const removes = [...(before?.files.values() ?? [])].filter(({ path }) => !wanted.has(path));
  const adds = [...wanted].flatMap(([path, file]) => (before?.files.has(path) === true ? [] : [addOf(next, path, file)]));
  return { before, metaData: metaDataOf(next, before), adds, removes, files: [...stays, ...adds] };
}

function commitLines({ now, runId }: NextSnapshot, { before, metaData, adds, removes }: Change): readonly object[] {
  const isAppend = before !== null && removes.length === 0;
  const commitInfo = {
    timestamp: now.getTime(),
    operation: before === null ? 'CREATE TABLE AS SELECT' : 'WRITE',
    operationParameters: before === null ? {} : { mode: isAppend ? 'Append' : 'Overwrite', partitionBy: '[]' },
    isBlindAppend: isAppend,
    engineInfo: `${ENGINE_NAME}/1`,
    operationMetrics: {
      numFiles: String(adds.length),
      numRemovedFiles: String(removes.length),
      numOutputRows: String(sum(adds.map(({ stats }) => (JSON.parse(stats ?? '{}') as { numRecords?: number }).numRecords ?? 0))),
      numOutputBytes: String(sum(adds.map(({ size }) => size))),
    },
    userMetadata: runId,
  };
  return [
    { commitInfo },
    ...(before === null ? [{ protocol: PROTOCOL }] : []),
    ...(before?.metaData.schemaString === metaData.schemaString ? [] : [{ metaData }]),
    ...removes.map(({ path, size, partitionValues }) => ({
      remove: {
        ...{ path, deletionTimestamp: now.getTime(), dataChange: true, extendedFileMetadata: true },
        ...{ partitionValues: partitionValues ?? {}, size },
      },
    })),
    ...adds.map((add) => ({ add })),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

const PROTOCOL = { minReaderVersion: READER_VERSION, minWriterVersion: WRITER_VERSION };

function toLines(lines: readonly object[]): string {
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** Identity and configuration stay those of the table; the schema is that of the state. */
function metaDataOf({ columns, now }: NextSnapshot, before: DeltaState | null): MetaData {
  const fields = columns.map(({ name, type }) => ({ name, type: DELTA_TYPE[type], nullable: true, metadata: {} }));
  return {
    ...{ id: randomUUID(), format: { provider: 'parquet', options: {} }, createdTime: now.getTime(), configuration: {} },
    ...before?.metaData,
    ...{ partitionColumns: [], schemaString: JSON.stringify({ type: 'struct', fields }) },
  };
}

const DELTA_TYPE = {
  string: 'string',
  boolean: 'boolean',
  int32: 'integer',
  int64: 'long',
  double: 'double',
  decimal: 'string',
  dateTimeOffset: 'timestamp',
  date: 'date',
  timeOfDay: 'string',
  duration: 'string',
  guid: 'string',
  binary: 'binary',
  json: 'string',
} satisfies Record<ColumnType, string>;

function addOf({ columns, now }: NextSnapshot, path: string, { rows, bytes, stats }: TableFile): AddFile {
  return {
    ...{ path, partitionValues: {}, size: bytes, modificationTime: now.getTime(), dataChange: true },
    stats: JSON.stringify(statsOf(columns, rows, stats)),
  };
}

/** "Per-file Statistics" of the protocol. */
function statsOf(columns: NextSnapshot['columns'], numRecords: number, stats: Readonly<Record<string, ColumnStats>>): object {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const all = Object.entries(stats);
  const bounds = (which: 'min' | 'max') =>
    Object.fromEntries(
      all.flatMap(([name, column]) => {
        const value = boundText(types.get(name), column[which], which);
        return value === null ? [] : [[name, value]];
      }),
    );
  return {
    numRecords,
    minValues: bounds('min'),
    maxValues: bounds('max'),
    nullCount: Object.fromEntries(all.map(([name, { nulls }]) => [name, nulls])),
  };
}

/** Statistics of instants have milliseconds: the lower bound is rounded down, the upper one up. */
function boundText(type: ColumnType | undefined, value: string | number | null, which: 'min' | 'max'): string | number | null {
  if (type !== 'dateTimeOffset' || typeof value !== 'number') return value;
  const time = new Date(which === 'min' ? Math.floor(value / 1000) : Math.ceil(value / 1000));
  const year = time.getUTCFullYear();
  return year < 1 || year > 9999 ? null : time.toISOString();
}

/** "Checkpoints" of the protocol, in one file. */
async function writeCheckpoint({ store, stage }: OpenTableFiles, version: number, { metaData, files }: Change): Promise<void> {
  const rows = [{ protocol: PROTOCOL }, { metaData }, ...files.map((add) => ({ add: { ...add, dataChange: false } }))];
  const [json, parquet] = [stage.scratchFile('delta-checkpoint.json'), stage.scratchFile('delta-checkpoint.parquet')];
  await writeFile(json, toLines(rows));
  await rm(parquet, { force: true });
  await stage.run(
    `COPY (SELECT * FROM read_json(${sqlText(json)}, format = newline_delimited, columns = {${CHECKPOINT_COLUMNS}}))
     TO ${sqlText(parquet)} (FORMAT parquet)`,
  );
  await store.upload(parquet, checkpointName(version));
  await store.put(`${LOG_FOLDER}/_last_checkpoint`, JSON.stringify({ version, size: rows.length }));
}

const TEXTS = 'MAP(VARCHAR, VARCHAR)';
const CHECKPOINT_COLUMNS = Object.entries({
  txn: 'STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)',
  add: `STRUCT(path VARCHAR, partitionValues ${TEXTS}, size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, stats VARCHAR)`,
  remove: `STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN)`,
  metaData: `STRUCT(id VARCHAR, name VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, options ${TEXTS}), schemaString VARCHAR,
    partitionColumns VARCHAR[], configuration ${TEXTS}, createdTime BIGINT)`,
  protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)',
})
  .map(([name, type]) => `"${name}": '${type}'`)
  .join(', ');
