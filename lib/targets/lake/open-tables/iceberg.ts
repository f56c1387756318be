import { randomUUID } from 'node:crypto';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { LakeStore } from '../lake-store.ts';
import {
  currentSnapshot,
  type IcebergState,
  listMetadata,
  METADATA_FOLDER,
  metadataName,
  readIceberg,
  type Snapshot,
  TableMetadata,
  VERSION_HINT,
  VERSION_KEY,
} from './iceberg-metadata.ts';
import { type NextSchema, nextSchema } from './iceberg-schema.ts';
import { manifestsOf, writeSnapshot } from './iceberg-snapshot.ts';
import type { NextSnapshot } from './next-snapshot.ts';
import type { OpenTableFiles } from './open-table-files.ts';
import { tableConflict } from './table-conflict.ts';

const ATTEMPTS_MAX = 5;
/** Number of metadata files that are kept besides the last one. */
const METADATA_KEPT = 10;

/** Ids of the columns in the files that are written next. */
export async function icebergFieldIds(
  store: LakeStore,
  columns: readonly Pick<Column, 'name' | 'type'>[],
  renamed: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, number>> {
  const { schema } = schemaAfter(await readIceberg(store), columns, renamed);
  return new Map(schema.fields.map(({ name, id }) => [name, id]));
}

/**
 * Commits a version as the next snapshot of the Iceberg table (format version 2): manifests, their list, and then the metadata file of the next
 * number, which only one writer can create. Removes snapshots of versions that are not kept.
 */
export async function commitIceberg(
  lake: OpenTableFiles,
  next: NextSnapshot,
  { ids, renamed }: { readonly ids: ReadonlyMap<string, number>; readonly renamed: ReadonlyMap<string, string> },
): Promise<void> {
  const { store } = lake;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await readIceberg(store);
    if (before !== null && currentSnapshot(before)?.summary[VERSION_KEY] === next.version) {
      await store.put(VERSION_HINT, String(before.number));
      return;
    }
    const schema = schemaAfter(before, next.columns, renamed);
    // Another schema since the files were written: their ids would mean other columns.
    if (schema.schema.fields.some(({ name, id }) => ids.get(name) !== id)) break;
    const snapshot = await writeSnapshot(lake, next, { before, schema });
    const number = (before?.number ?? 0) + 1;
    const metadata = metadataAfter(next, { before, schema, snapshot, location: store.uri });
    if (!(await store.putIfAbsent(metadataName(number), `${JSON.stringify(metadata, null, 2)}\n`))) continue;
    await store.put(VERSION_HINT, String(number));
    return;
  }
  throw tableConflict('Iceberg', store.location);
}

/** Removes metadata files beyond those kept, and manifests that no snapshot names. */
export async function deleteUnneededIcebergFiles(lake: OpenTableFiles): Promise<void> {
  const { store } = lake;
  const state = await readIceberg(store);
  if (state === null) return;
  for (const number of await listMetadata(store))
    if (number < state.number - METADATA_KEPT) await store.delete(metadataName(number));
  const named = new Set<string>();
  for (const snapshot of state.metadata.snapshots) for (const name of await manifestsOf(lake, snapshot)) named.add(name);
  for (const name of await store.list(`${METADATA_FOLDER}/`))
    if (name.endsWith('.avro') && !named.has(name)) await store.delete(name);
}

function schemaAfter(
  before: IcebergState | null,
  columns: Parameters<typeof nextSchema>[0],
  renamed: ReadonlyMap<string, string>,
): NextSchema {
  if (before === null) return nextSchema(columns, null);
  const { schemas, 'current-schema-id': current, 'last-column-id': lastColumnId } = before.metadata;
  return nextSchema(columns, { schemas, current, lastColumnId }, renamed);
}

interface Writing {
  readonly before: IcebergState | null;
  readonly schema: NextSchema;
}

function metadataAfter(
  { kept }: NextSnapshot,
  { before, schema, snapshot, location }: Writing & { readonly snapshot: Snapshot; readonly location: string },
): TableMetadata {
  const old = before?.metadata ?? TableMetadata.parse({ ...NEW_TABLE, 'table-uuid': randomUUID(), location });
  const stays = old.snapshots.filter(({ summary }) => kept.includes(summary[VERSION_KEY] ?? ''));
  const snapshots = [...stays, snapshot];
  const has = (id: number): boolean => snapshots.some((one) => one['snapshot-id'] === id);
  const [id, time] = [snapshot['snapshot-id'], snapshot['timestamp-ms']];
  return {
    ...old,
    'last-sequence-number': snapshot['sequence-number'],
    'last-updated-ms': time,
    'last-column-id': schema.lastColumnId,
    'current-schema-id': schema.schema['schema-id'],
    schemas: schema.isNew ? [...old.schemas, schema.schema] : old.schemas,
    'current-snapshot-id': id,
    snapshots,
    'snapshot-log': [
      ...old['snapshot-log'].filter((entry) => has(entry['snapshot-id'])),
      { 'timestamp-ms': time, 'snapshot-id': id },
    ],
    'metadata-log':
      before === null
        ? []
        : [
            ...old['metadata-log'],
            { 'timestamp-ms': old['last-updated-ms'], 'metadata-file': `${location}/${metadataName(before.number)}` },
          ].slice(-METADATA_KEPT),
    refs: {
      ...Object.fromEntries(Object.entries(old.refs).filter(([, ref]) => has(ref['snapshot-id']))),
      main: { 'snapshot-id': id, type: 'branch' },
    },
  };
}

const NEW_TABLE = {
  'format-version': 2,
  'last-sequence-number': 0,
  'last-updated-ms': 0,
  'last-column-id': 0,
  'current-schema-id': 0,
  schemas: [],
  'default-spec-id': 0,
  'partition-specs': [{ 'spec-id': 0, fields: [] }],
  'last-partition-id': 999,
  'default-sort-order-id': 0,
  'sort-orders': [{ 'order-id': 0, fields: [] }],
  properties: { 'write.format.default': 'parquet', 'write.parquet.compression-codec': 'zstd' },
};
