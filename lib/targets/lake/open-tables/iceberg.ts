import { randomInt, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import type { LakeStore } from '../lake-store.ts';
import { MANIFEST_FILE, Manifest } from '../versions.ts';
import { type ListedManifest, type ManifestFiles, manifestListOf, manifestOf } from './iceberg-manifests.ts';
import {
  currentSnapshot,
  type IcebergState,
  listMetadata,
  METADATA,
  metadataName,
  readIceberg,
  type Snapshot,
  TableMetadata,
  VERSION_HINT,
  VERSION_KEY,
} from './iceberg-metadata.ts';
import { type NextSchema, nextSchema } from './iceberg-schema.ts';
import type { NextSnapshot } from './next-snapshot.ts';
import { tableConflict } from './table-conflict.ts';

const ATTEMPTS_MAX = 5;
/** Number of metadata files that are kept besides the last one. */
const METADATA_KEPT = 10;

interface Lake {
  readonly store: LakeStore;
  readonly stage: StagedRows;
}

/** Ids of the columns for the next files. */
export async function icebergFieldIds(store: LakeStore, columns: readonly Column[]): Promise<ReadonlyMap<string, number>> {
  const { schema } = schemaAfter(await readIceberg(store), columns);
  return new Map(schema.fields.map(({ name, id }) => [name, id]));
}

/**
 * Commits a version as the next snapshot of the Iceberg table (format version 2): manifests, their list, and then the metadata file of the next
 * number, which only one writer can create. Removes snapshots of versions that are not kept.
 */
export async function commitIceberg({ store, stage }: Lake, next: NextSnapshot, ids: ReadonlyMap<string, number>): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await readIceberg(store);
    if (before !== null && currentSnapshot(before)?.summary[VERSION_KEY] === next.version) {
      await store.put(VERSION_HINT, String(before.number));
      return;
    }
    const schema = schemaAfter(before, next.manifest.columns);
    // The schema changed since the files were written: their ids would refer to other columns.
    if (schema.schema.fields.some(({ name, id }) => ids.get(name) !== id)) break;
    const snapshot = await writeSnapshot({ store, stage }, next, { before, schema });
    const number = (before?.number ?? 0) + 1;
    const metadata = metadataAfter(next, { before, schema, snapshot, location: store.uri });
    if (!(await store.putIfAbsent(metadataName(number), `${JSON.stringify(metadata, null, 2)}\n`))) continue;
    await store.put(VERSION_HINT, String(number));
    return;
  }
  throw tableConflict('Iceberg', store.location);
}

/** Deletes metadata files beyond those kept, and manifests of removed snapshots. */
export async function cleanIceberg(store: LakeStore): Promise<void> {
  const state = await readIceberg(store);
  if (state === null) return;
  for (const number of await listMetadata(store))
    if (number < state.number - METADATA_KEPT) await store.delete(metadataName(number));
  const versions = new Set(state.metadata.snapshots.map(({ summary }) => summary[VERSION_KEY]));
  for (const name of await store.list(`${METADATA}/v=`)) {
    const version = name.slice(METADATA.length + 1).replace(/-[0-9a-f]{8}-[a-z0-9]+\.avro$/, '');
    if (!versions.has(version)) await store.delete(name);
  }
}

function schemaAfter(before: IcebergState | null, columns: Parameters<typeof nextSchema>[0]): NextSchema {
  if (before === null) return nextSchema(columns, null);
  const { schemas, 'current-schema-id': current, 'last-column-id': lastColumnId } = before.metadata;
  return nextSchema(columns, { schemas, current, lastColumnId });
}

interface Writing {
  readonly before: IcebergState | null;
  readonly schema: NextSchema;
}

async function writeSnapshot({ store, stage }: Lake, next: NextSnapshot, { before, schema }: Writing): Promise<Snapshot> {
  const { version, manifest, now } = next;
  const snapshotId = randomInt(1, 2 ** 47);
  const sequenceNumber = (before?.metadata['last-sequence-number'] ?? 0) + 1;
  const parent = before === null ? null : currentSnapshot(before);
  const unique = randomUUID().slice(0, 8);
  const upload = async (part: string, content: Buffer) => {
    const [name, file] = [`${METADATA}/${version}-${unique}-${part}.avro`, stage.scratchFile(`iceberg-${part}.avro`)];
    await writeFile(file, content);
    const { bytes } = await store.upload(file, name);
    return { uri: `${store.uri}/${name}`, bytes };
  };
  const list = async (part: string, files: Omit<ManifestFiles, 'schema' | 'snapshotId'>): Promise<ListedManifest> => ({
    ...(await upload(part, manifestOf({ ...files, schema: schema.schema, snapshotId }))),
    ...{
      status: files.status,
      files: files.manifest.files.length,
      rows: files.manifest.rows,
      sequenceNumber: files.sequenceNumber,
    },
  });
  const manifests = [await list('m0', { status: 'added', manifest, uri: `${store.uri}/${version}`, sequenceNumber })];
  const gone = await filesOf(store, parent);
  if (gone !== null) manifests.push(await list('m1', { ...gone, status: 'deleted' }));
  const listed = await upload(
    'snap',
    manifestListOf(manifests, { snapshotId, parentId: parent?.['snapshot-id'] ?? null, sequenceNumber }),
  );
  return {
    'snapshot-id': snapshotId,
    ...(parent === null ? {} : { 'parent-snapshot-id': parent['snapshot-id'] }),
    'sequence-number': sequenceNumber,
    'timestamp-ms': Math.max(now.getTime(), (before?.metadata['last-updated-ms'] ?? 0) + 1),
    'manifest-list': listed.uri,
    'schema-id': schema.schema['schema-id'],
    summary: summaryOf(next, gone?.manifest ?? null),
  };
}

/** The files of a snapshot by Entrada, to be marked as deleted; null for a snapshot of another writer, whose manifests are omitted. */
async function filesOf(store: LakeStore, snapshot: Snapshot | null) {
  const version = snapshot?.summary[VERSION_KEY];
  const text = version === undefined ? null : await store.get(`${version}/${MANIFEST_FILE}`);
  if (snapshot === null || text === null) return null;
  const manifest = Manifest.parse(JSON.parse(text));
  return { manifest, uri: `${store.uri}/${version}`, sequenceNumber: snapshot['sequence-number'] };
}

function summaryOf({ version, manifest }: NextSnapshot, gone: Manifest | null): Record<string, string> {
  const deleted = gone === null ? {} : { 'deleted-data-files': `${gone.files.length}`, 'deleted-records': `${gone.rows}` };
  return {
    operation: gone === null ? 'append' : 'overwrite',
    ...{ 'added-data-files': `${manifest.files.length}`, 'added-records': `${manifest.rows}`, ...deleted },
    ...{ 'total-data-files': `${manifest.files.length}`, 'total-records': `${manifest.rows}`, 'total-delete-files': '0' },
    ...{ [VERSION_KEY]: version, 'entrada.run-id': manifest.runId },
  };
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
