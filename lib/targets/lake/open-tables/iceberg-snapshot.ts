import { randomInt, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import {
  addedEntry,
  deletedEntry,
  existingEntry,
  type ListedManifest,
  listedManifest,
  listedManifests,
  liveEntries,
  type ManifestEntry,
  manifestListOf,
  manifestOf,
  type NewSnapshot,
} from './iceberg-manifests.ts';
import { currentSnapshot, type IcebergState, METADATA_FOLDER, type Snapshot, VERSION_KEY } from './iceberg-metadata.ts';
import type { NextSchema } from './iceberg-schema.ts';
import type { NextSnapshot } from './next-snapshot.ts';
import { type OpenTableFiles, withLocalCopy } from './open-table-files.ts';

/** Manifests that a snapshot takes over as they are; beyond, they are put together in one. */
const MANIFESTS_MAX = 30;

interface Base {
  readonly before: IcebergState | null;
  readonly schema: NextSchema;
}

/**
 * Writes the manifests of a state and their list: those of the snapshot before are taken over as they are, unless they name files that are
 * gone. Nothing names them before the metadata does.
 */
export async function writeSnapshot(lake: OpenTableFiles, next: NextSnapshot, { before, schema }: Base): Promise<Snapshot> {
  const parent = before === null ? null : currentSnapshot(before);
  const snapshot: NewSnapshot = {
    snapshotId: randomInt(1, 2 ** 47),
    sequenceNumber: (before?.metadata['last-sequence-number'] ?? 0) + 1,
    schema: schema.schema,
  };
  const upload = uploader(lake, next.version);
  const list = async (entries: readonly ManifestEntry[]): Promise<ListedManifest[]> =>
    entries.length === 0 ? [] : [listedManifest(await upload(manifestOf(entries, snapshot)), entries, snapshot)];
  const { carried, existing, gone, added } = await sortFiles(lake, next, parent);
  const manifests = [
    ...(await list(added.map((file) => addedEntry(file, { columns: next.columns, uri: lake.store.uri }, snapshot)))),
    ...(await list([...existing.map(existingEntry), ...gone.map((entry) => deletedEntry(entry, snapshot))])),
    ...carried,
  ];
  const parentId = parent?.['snapshot-id'] ?? null;
  const listed = await upload(manifestListOf(manifests, { ...snapshot, parentId }));
  return {
    'snapshot-id': snapshot.snapshotId,
    ...(parentId === null ? {} : { 'parent-snapshot-id': parentId }),
    'sequence-number': snapshot.sequenceNumber,
    'timestamp-ms': Math.max(next.now.getTime(), (before?.metadata['last-updated-ms'] ?? 0) + 1),
    'manifest-list': listed.uri,
    'schema-id': schema.schema['schema-id'],
    summary: summaryOf(next, gone, added),
  };
}

/** Names of the manifests and the list of a snapshot, below the folder of the dataset. */
export async function manifestsOf(lake: OpenTableFiles, snapshot: Snapshot): Promise<readonly string[]> {
  const manifests = await readList(lake, snapshot);
  return [snapshot['manifest-list'], ...manifests.map(({ manifest_path }) => manifest_path)].map((uri) => nameOf(lake, uri));
}

interface SortedFiles {
  /** Manifests that stay as they are. */
  readonly carried: readonly ListedManifest[];
  /** Files that stay, of manifests that are written anew. */
  readonly existing: readonly ManifestEntry[];
  readonly gone: readonly ManifestEntry[];
  readonly added: NextSnapshot['files'];
}

async function sortFiles(lake: OpenTableFiles, next: NextSnapshot, parent: Snapshot | null): Promise<SortedFiles> {
  const wanted = new Map(next.files.map((file) => [`${lake.store.uri}/${file.path}`, file]));
  const isWanted = ({ data_file }: ManifestEntry): boolean => wanted.has(data_file.file_path);
  const sorted = { carried: [] as ListedManifest[], existing: [] as ManifestEntry[], gone: [] as ManifestEntry[] };
  const live = new Set<string>();
  const listed = parent === null ? [] : await readList(lake, parent);
  for (const manifest of listed) {
    const entries = liveEntries(await read(lake, manifest.manifest_path), manifest);
    for (const { data_file } of entries) live.add(data_file.file_path);
    // One that names only files which are gone since belongs to the snapshot that took them out.
    if (entries.length === 0) continue;
    if (entries.every(isWanted) && listed.length <= MANIFESTS_MAX) sorted.carried.push(manifest);
    else {
      sorted.existing.push(...entries.filter(isWanted));
      sorted.gone.push(...entries.filter((entry) => !isWanted(entry)));
    }
  }
  return { ...sorted, added: [...wanted].flatMap(([uri, file]) => (live.has(uri) ? [] : [file])) };
}

function uploader({ store, stage }: OpenTableFiles, version: string) {
  const unique = randomUUID().slice(0, 8);
  let part = 0;
  return async (content: Buffer): Promise<{ readonly uri: string; readonly bytes: number }> => {
    const [name, file] = [
      `${METADATA_FOLDER}/${version}-${unique}-m${part++}.avro`,
      stage.scratchFile(`iceberg-${unique}-${part}.avro`),
    ];
    await writeFile(file, content);
    const { bytes } = await store.upload(file, name);
    return { uri: `${store.uri}/${name}`, bytes };
  };
}

async function readList(lake: OpenTableFiles, snapshot: Snapshot): Promise<readonly ListedManifest[]> {
  return listedManifests(await read(lake, snapshot['manifest-list']));
}

function read(lake: OpenTableFiles, uri: string): Promise<Buffer> {
  return withLocalCopy(lake, nameOf(lake, uri), (file) => readFile(file));
}

function nameOf({ store }: OpenTableFiles, uri: string): string {
  return uri.startsWith(`${store.uri}/`) ? uri.slice(store.uri.length + 1) : uri;
}

function summaryOf(
  { version, runId, files }: NextSnapshot,
  gone: readonly ManifestEntry[],
  added: NextSnapshot['files'],
): Record<string, string> {
  const rows = (some: readonly { readonly rows: number }[]) => `${some.reduce((total, file) => total + file.rows, 0)}`;
  const deletedRows = rows(gone.map(({ data_file }) => ({ rows: data_file.record_count })));
  return {
    operation: gone.length === 0 ? 'append' : 'overwrite',
    ...(added.length === 0 ? {} : { 'added-data-files': `${added.length}`, 'added-records': rows(added) }),
    ...(gone.length === 0 ? {} : { 'deleted-data-files': `${gone.length}`, 'deleted-records': deletedRows }),
    ...{ 'total-data-files': `${files.length}`, 'total-records': rows(files), 'total-delete-files': '0' },
    ...{ [VERSION_KEY]: version, 'entrada.run-id': runId },
  };
}
