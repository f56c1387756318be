import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { avroFile, readAvro } from './avro-file.ts';
import type { IcebergSchema } from './iceberg-schema.ts';
import type { NextSnapshot, TableFile } from './next-snapshot.ts';

/** Status of a manifest entry (Iceberg table specification, "Manifests"). */
const STATUS = { existing: 0, added: 1, deleted: 2 } as const;

const optional = (name: string, id: number, type: unknown) => ({ name, type: ['null', type], default: null, 'field-id': id });
const required = (name: string, id: number, type: unknown) => ({ name, type, 'field-id': id });
/** Avro represents a map with keys other than text as an array of pairs (specification, appendix A). */
const pairs = (key: number, value: number, of: string) => ({
  type: 'array',
  logicalType: 'map',
  items: {
    type: 'record',
    name: `k${key}_v${value}`,
    fields: [required('key', key, 'int'), required('value', value, of)],
  },
});

const MANIFEST_ENTRY = {
  type: 'record',
  name: 'manifest_entry',
  fields: [
    required('status', 0, 'int'),
    optional('snapshot_id', 1, 'long'),
    optional('sequence_number', 3, 'long'),
    optional('file_sequence_number', 4, 'long'),
    required('data_file', 2, {
      type: 'record',
      name: 'r2',
      fields: [
        required('content', 134, 'int'),
        required('file_path', 100, 'string'),
        required('file_format', 101, 'string'),
        required('partition', 102, { type: 'record', name: 'r102', fields: [] }),
        required('record_count', 103, 'long'),
        required('file_size_in_bytes', 104, 'long'),
        optional('value_counts', 109, pairs(119, 120, 'long')),
        optional('null_value_counts', 110, pairs(121, 122, 'long')),
        optional('lower_bounds', 125, pairs(126, 127, 'bytes')),
        optional('upper_bounds', 128, pairs(129, 130, 'bytes')),
      ],
    }),
  ],
};

const MANIFEST_FILE = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    required('manifest_path', 500, 'string'),
    required('manifest_length', 501, 'long'),
    required('partition_spec_id', 502, 'int'),
    required('content', 517, 'int'),
    required('sequence_number', 515, 'long'),
    required('min_sequence_number', 516, 'long'),
    required('added_snapshot_id', 503, 'long'),
    required('added_files_count', 504, 'int'),
    required('existing_files_count', 505, 'int'),
    required('deleted_files_count', 506, 'int'),
    required('added_rows_count', 512, 'long'),
    required('existing_rows_count', 513, 'long'),
    required('deleted_rows_count', 514, 'long'),
  ],
};

/** A file in a manifest, with what it inherits from the list filled in. */
export interface ManifestEntry {
  readonly status: number;
  readonly snapshot_id: number;
  readonly sequence_number: number;
  readonly file_sequence_number: number;
  readonly data_file: { readonly file_path: string; readonly record_count: number };
}

/** A manifest in the list of a snapshot, as it stands there. */
export interface ListedManifest {
  readonly manifest_path: string;
  readonly content: number;
  readonly sequence_number: number;
  readonly min_sequence_number: number;
  readonly added_snapshot_id: number;
}

export interface NewSnapshot {
  readonly snapshotId: number;
  readonly sequenceNumber: number;
  readonly schema: IcebergSchema;
}

/** The entry of a file that a snapshot adds. @param uri the folder of the dataset */
export function addedEntry(
  file: TableFile,
  { columns, uri }: Pick<NextSnapshot, 'columns'> & { readonly uri: string },
  { snapshotId, sequenceNumber, schema }: NewSnapshot,
): ManifestEntry {
  return {
    ...{ status: STATUS.added, snapshot_id: snapshotId },
    ...{ sequence_number: sequenceNumber, file_sequence_number: sequenceNumber },
    data_file: {
      ...{ content: 0, file_path: `${uri}/${file.path}`, file_format: 'PARQUET', partition: {} },
      ...{ record_count: file.rows, file_size_in_bytes: file.bytes, ...statistics(columns, schema, file) },
    },
  };
}

/** A file of an earlier snapshot that stays. */
export function existingEntry(entry: ManifestEntry): ManifestEntry {
  return { ...entry, status: STATUS.existing };
}

export function deletedEntry(entry: ManifestEntry, { snapshotId }: NewSnapshot): ManifestEntry {
  return { ...entry, status: STATUS.deleted, snapshot_id: snapshotId };
}

/** A manifest: an Avro file that names data files with their statistics. */
export function manifestOf(entries: readonly ManifestEntry[], { schema }: NewSnapshot): Buffer {
  const metadata = {
    ...{ schema: JSON.stringify(schema), 'schema-id': String(schema['schema-id']) },
    ...{ 'partition-spec': '[]', 'partition-spec-id': '0', 'format-version': '2', content: 'data' },
  };
  return avroFile(MANIFEST_ENTRY, metadata, entries);
}

/** The files that a manifest names and that are part of the table ("Sequence Number Inheritance" of the specification). */
export function liveEntries(file: Buffer, listed: ListedManifest): readonly ManifestEntry[] {
  return (readAvro(file) as readonly ManifestEntry[])
    .filter(({ status }) => status !== STATUS.deleted)
    .map((entry) => ({
      ...entry,
      snapshot_id: entry.snapshot_id ?? listed.added_snapshot_id,
      sequence_number: entry.sequence_number ?? listed.sequence_number,
      file_sequence_number: entry.file_sequence_number ?? listed.sequence_number,
    }));
}

export function listedManifests(file: Buffer): readonly ListedManifest[] {
  return readAvro(file) as readonly ListedManifest[];
}

/** What the list of a snapshot says of a manifest that it has written. */
export function listedManifest(
  { uri, bytes }: { readonly uri: string; readonly bytes: number },
  entries: readonly ManifestEntry[],
  { snapshotId, sequenceNumber }: NewSnapshot,
): ListedManifest {
  const of = (status: number) => entries.filter((entry) => entry.status === status);
  const rows = (some: readonly ManifestEntry[]) => some.reduce((total, { data_file }) => total + data_file.record_count, 0);
  const [existing, added, deleted] = [of(STATUS.existing), of(STATUS.added), of(STATUS.deleted)];
  const live = [...existing, ...added];
  const counts = {
    ...{ added_files_count: added.length, existing_files_count: existing.length, deleted_files_count: deleted.length },
    ...{ added_rows_count: rows(added), existing_rows_count: rows(existing), deleted_rows_count: rows(deleted) },
  };
  return {
    ...{ manifest_path: uri, manifest_length: bytes, partition_spec_id: 0, content: 0, sequence_number: sequenceNumber },
    min_sequence_number: Math.min(sequenceNumber, ...live.map((entry) => entry.sequence_number)),
    ...{ added_snapshot_id: snapshotId, ...counts },
  };
}

/** The manifest list of a snapshot. */
export function manifestListOf(
  manifests: readonly ListedManifest[],
  { snapshotId, parentId, sequenceNumber }: NewSnapshot & { readonly parentId: number | null },
): Buffer {
  const metadata = {
    ...{ 'snapshot-id': String(snapshotId), 'sequence-number': String(sequenceNumber), 'format-version': '2' },
    'parent-snapshot-id': String(parentId),
  };
  return avroFile(MANIFEST_FILE, metadata, manifests);
}

function statistics(columns: NextSnapshot['columns'], schema: IcebergSchema, { rows, stats }: TableFile): object {
  const ids = new Map(schema.fields.map(({ name, id }) => [name, id]));
  const known = columns.flatMap(({ name, type }) => {
    const [key, column] = [ids.get(name), stats[name]];
    return key === undefined || column === undefined ? [] : [{ key, type, column }];
  });
  const bounds = (which: 'min' | 'max') =>
    known.flatMap(({ key, type, column }) => {
      const value = boundBytes(type, column[which]);
      return value === null ? [] : [{ key, value }];
    });
  return {
    value_counts: known.map(({ key }) => ({ key, value: rows })),
    null_value_counts: known.map(({ key, column }) => ({ key, value: column.nulls })),
    lower_bounds: bounds('min'),
    upper_bounds: bounds('max'),
  };
}

/** "Binary single-value serialization" of the specification, appendix D. */
function boundBytes(type: ColumnType, value: string | number | null): Buffer | null {
  if (value === null) return null;
  switch (type) {
    case 'int32':
      return numberBytes(4, (buffer) => buffer.writeInt32LE(Number(value)));
    case 'int64':
    case 'dateTimeOffset':
      return numberBytes(8, (buffer) => buffer.writeBigInt64LE(BigInt(value)));
    case 'double':
      return numberBytes(8, (buffer) => buffer.writeDoubleLE(Number(value)));
    case 'date':
      return numberBytes(4, (buffer) => buffer.writeInt32LE(Date.parse(`${value}T00:00:00Z`) / 86_400_000));
    default:
      return Buffer.from(String(value));
  }
}

function numberBytes(size: number, write: (buffer: Buffer) => unknown): Buffer {
  const buffer = Buffer.alloc(size);
  write(buffer);
  return buffer;
}
