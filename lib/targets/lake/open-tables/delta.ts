import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import type { LakeStore } from '../lake-store.ts';
import type { Manifest } from '../versions.ts';
import type { ColumnStats } from './column-stats.ts';
import {
  type AddFile,
  commitName,
  type DeltaState,
  ENGINE,
  LOG,
  listCommits,
  type MetaData,
  READER_VERSION,
  readDelta,
  WRITER_VERSION,
} from './delta-log.ts';
import type { NextSnapshot } from './next-snapshot.ts';
import { tableConflict } from './table-conflict.ts';

/** A checkpoint is written after each commit whose number is a multiple of this. */
export const CHECKPOINT_EVERY = 10;
const ATTEMPTS_MAX = 5;

interface Lake {
  readonly store: LakeStore;
  readonly stage: StagedRows;
}

/**
 * Commits a version as the next state of the Delta table: removes all files and adds those of the version (Delta Transaction Log
 * Protocol; reader version 1, writer version 2). Only one writer can create the file of a commit.
 */
export async function commitDelta({ store, stage }: Lake, next: NextSnapshot): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await readDelta(store);
    const adds = addsOf(next);
    if (before !== null && adds.every(({ path }) => before.files.has(path))) return;
    const version = before === null ? 0 : before.version + 1;
    const metaData = metaDataOf(next, before);
    const lines = commitLines(next, { before, metaData, adds });
    if (!(await store.putIfAbsent(commitName(version), toLines(lines)))) continue;
    if (version > 0 && version % CHECKPOINT_EVERY === 0) await writeCheckpoint({ store, stage }, version, { metaData, adds });
    return;
  }
  throw tableConflict('Delta', store.location);
}

/** Deletes commits and checkpoints that no kept version needs. */
export async function cleanDelta(store: LakeStore, versionsKept: number): Promise<void> {
  const last = (await listCommits(store)).at(-1) ?? 0;
  const span = Math.ceil((versionsKept + 1) / CHECKPOINT_EVERY) * CHECKPOINT_EVERY;
  const oldest = Math.floor(last / CHECKPOINT_EVERY) * CHECKPOINT_EVERY - span;
  for (const name of await store.list(`${LOG}/`)) {
    const number = /\/(\d{20})\.(json|checkpoint\.parquet)$/.exec(name)?.[1];
    if (number !== undefined && Number(number) < oldest) await store.delete(name);
  }
}

interface Commit {
  readonly before: DeltaState | null;
  readonly metaData: MetaData;
  readonly adds: readonly AddFile[];
}

function commitLines({ now, manifest }: NextSnapshot, { before, metaData, adds }: Commit): readonly object[] {
  const commitInfo = {
    timestamp: now.getTime(),
    operation: before === null ? 'CREATE TABLE AS SELECT' : 'WRITE',
    operationParameters: before === null ? {} : { mode: 'Overwrite', partitionBy: '[]' },
    isBlindAppend: false,
    engineInfo: `${ENGINE}/1`,
    operationMetrics: {
      numFiles: String(adds.length),
      numOutputRows: String(manifest.rows),
      numOutputBytes: String(manifest.bytes),
    },
    userMetadata: manifest.runId,
  };
  const removes = [...(before?.files.values() ?? [])].map(({ path, size, partitionValues }) => ({
    remove: {
      ...{ path, deletionTimestamp: now.getTime(), dataChange: true, extendedFileMetadata: true },
      ...{ partitionValues: partitionValues ?? {}, size },
    },
  }));
  return [
    { commitInfo },
    ...(before === null ? [{ protocol: PROTOCOL }] : []),
    { metaData },
    ...removes,
    ...adds.map((add) => ({ add })),
  ];
}

const PROTOCOL = { minReaderVersion: READER_VERSION, minWriterVersion: WRITER_VERSION };

function toLines(lines: readonly object[]): string {
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** Identity and configuration of the existing table, with the schema of the version. */
function metaDataOf({ manifest, now }: NextSnapshot, before: DeltaState | null): MetaData {
  const fields = manifest.columns.map(({ name, type }) => ({ name, type: DELTA_TYPE[type], nullable: true, metadata: {} }));
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

function addsOf({ version, manifest, now }: NextSnapshot): readonly AddFile[] {
  return manifest.files.map(({ name, bytes, rows, stats }) => ({
    path: encodeURI(`${version}/${name}`),
    partitionValues: {},
    size: bytes,
    modificationTime: now.getTime(),
    dataChange: true,
    stats: JSON.stringify(statsOf(manifest, rows, stats ?? {})),
  }));
}

/** "Per-file Statistics" of the protocol. */
function statsOf({ columns }: Manifest, numRecords: number, stats: Readonly<Record<string, ColumnStats>>): object {
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
async function writeCheckpoint(
  { store, stage }: Lake,
  version: number,
  { metaData, adds }: Omit<Commit, 'before'>,
): Promise<void> {
  const rows = [{ protocol: PROTOCOL }, { metaData }, ...adds.map((add) => ({ add: { ...add, dataChange: false } }))];
  const [json, parquet] = [stage.scratchFile('delta-checkpoint.json'), stage.scratchFile('delta-checkpoint.parquet')];
  await writeFile(json, toLines(rows));
  await rm(parquet, { force: true });
  await stage.run(
    `COPY (SELECT * FROM read_json(${sqlText(json)}, format = newline_delimited, columns = {${CHECKPOINT_COLUMNS}}))
     TO ${sqlText(parquet)} (FORMAT parquet)`,
  );
  await store.upload(parquet, `${LOG}/${String(version).padStart(20, '0')}.checkpoint.parquet`);
  await store.put(`${LOG}/_last_checkpoint`, JSON.stringify({ version, size: rows.length }));
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
