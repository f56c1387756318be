import { z } from 'zod';
import type { LakeStore } from '../lake-store.ts';
import { IcebergSchema } from './iceberg-schema.ts';
import { notWritable } from './not-writable.ts';

export const METADATA_FOLDER = 'metadata';
export const VERSION_HINT = `${METADATA_FOLDER}/version-hint.text`;
/** Summary key of Entrada's snapshots: the folder of their files. */
export const VERSION_KEY = 'entrada.version';

const Snapshot = z.looseObject({
  'snapshot-id': z.number(),
  'sequence-number': z.number(),
  'timestamp-ms': z.number(),
  'manifest-list': z.string(),
  summary: z.record(z.string(), z.string()),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** Table metadata, format version 2 (specification, "Table Metadata"); keeps members that are not read here. */
export const TableMetadata = z.looseObject({
  'format-version': z.number(),
  'table-uuid': z.string(),
  location: z.string(),
  'last-sequence-number': z.number(),
  'last-updated-ms': z.number(),
  'last-column-id': z.number(),
  'current-schema-id': z.number(),
  schemas: z.array(IcebergSchema),
  'default-spec-id': z.number(),
  'partition-specs': z.array(z.looseObject({ 'spec-id': z.number(), fields: z.array(z.unknown()) })),
  'current-snapshot-id': z.number().nullish(),
  snapshots: z.array(Snapshot).default([]),
  'snapshot-log': z.array(z.looseObject({ 'snapshot-id': z.number() })).default([]),
  'metadata-log': z.array(z.looseObject({ 'metadata-file': z.string() })).default([]),
  refs: z.record(z.string(), z.looseObject({ 'snapshot-id': z.number() })).default({}),
});
export type TableMetadata = z.infer<typeof TableMetadata>;

/** The table according to its last metadata file. */
export interface IcebergState {
  /** Number of that file. */
  readonly number: number;
  readonly metadata: TableMetadata;
}

export function metadataName(number: number): string {
  return `${METADATA_FOLDER}/v${number}.metadata.json`;
}

/** Numbers of the existing metadata files, sorted. */
export async function listMetadata(store: LakeStore): Promise<readonly number[]> {
  const names = await store.list(`${METADATA_FOLDER}/v`);
  return names
    .flatMap((name) => {
      const number = /\/v(\d+)\.metadata\.json$/.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    })
    .sort((one, other) => one - other);
}

/**
 * The metadata with the highest file number: the version hint may be outdated. Null where there is no table.
 * @throws AppError `table-not-ours` when another writer has made changes that are not supported here.
 */
export async function readIceberg(store: LakeStore): Promise<IcebergState | null> {
  const number = (await listMetadata(store)).at(-1);
  const text = number === undefined ? null : await store.get(metadataName(number));
  if (number === undefined || text === null) return null;
  const metadata = TableMetadata.parse(JSON.parse(text));
  requireWritable(store, metadata);
  return { number, metadata };
}

/** @throws AppError `table-not-ours` when another writer has changed what can't be written here. */
export function requireWritable(store: LakeStore, metadata: TableMetadata): void {
  const refuse = (why: string) => notWritable(store, 'Iceberg', why);
  if (metadata['format-version'] !== 2) throw refuse('another writer has changed its format version');
  if (metadata['partition-specs'].some(({ fields }) => fields.length > 0)) throw refuse('another writer has added partitions');
  // Other writers take 63 bits, which JSON in JavaScript does not keep.
  if (metadata.snapshots.some((snapshot) => !Number.isSafeInteger(snapshot['snapshot-id'])))
    throw refuse('another writer has committed to it');
  if (metadata.location !== store.uri) throw refuse(`its metadata names another location: ${metadata.location}`);
}

export function currentSnapshot({ metadata }: IcebergState): Snapshot | null {
  return metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === metadata['current-snapshot-id']) ?? null;
}
