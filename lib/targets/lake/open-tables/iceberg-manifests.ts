import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import type { Manifest } from '../versions.ts';
import { avroFile } from './avro-file.ts';
import type { ColumnStats } from './column-stats.ts';
import type { IcebergSchema } from './iceberg-schema.ts';

/** Status of a manifest entry (Iceberg table specification, "Manifests"). */
const STATUS = { added: 1, deleted: 2 } as const;

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

/** Files of a version that are added to or deleted from the table. */
export interface ManifestFiles {
  readonly status: keyof typeof STATUS;
  readonly manifest: Manifest;
  /** URI of the folder of the version. */
  readonly uri: string;
  readonly schema: IcebergSchema;
  readonly snapshotId: number;
  /** Sequence number of the snapshot that added them. */
  readonly sequenceNumber: number;
}

/** A manifest: an Avro file with data files and their statistics. */
export function manifestOf({ status, manifest, uri, schema, snapshotId, sequenceNumber }: ManifestFiles): Buffer {
  const entries = manifest.files.map(({ name, rows, bytes, stats }) => ({
    status: STATUS[status],
    snapshot_id: snapshotId,
    sequence_number: sequenceNumber,
    file_sequence_number: sequenceNumber,
    data_file: {
      ...{ content: 0, file_path: `${uri}/${name}`, file_format: 'PARQUET', partition: {} },
      ...{ record_count: rows, file_size_in_bytes: bytes },
      ...statistics(manifest, schema, { rows, stats: stats ?? {} }),
    },
  }));
  const metadata = {
    ...{ schema: JSON.stringify(schema), 'schema-id': String(schema['schema-id']) },
    ...{ 'partition-spec': '[]', 'partition-spec-id': '0', 'format-version': '2', content: 'data' },
  };
  return avroFile(MANIFEST_ENTRY, metadata, entries);
}

/** A manifest in the manifest list of a snapshot. */
export interface ListedManifest {
  readonly uri: string;
  readonly bytes: number;
  readonly status: keyof typeof STATUS;
  readonly files: number;
  readonly rows: number;
  /** Sequence number of the snapshot that added its files. */
  readonly sequenceNumber: number;
}

/** The manifest list of a snapshot. */
export function manifestListOf(
  manifests: readonly ListedManifest[],
  snapshot: { readonly snapshotId: number; readonly parentId: number | null; readonly sequenceNumber: number },
): Buffer {
  const { snapshotId, parentId, sequenceNumber } = snapshot;
  const rows = manifests.map(({ uri, bytes, status, files, rows: count, sequenceNumber: added }) => ({
    ...{ manifest_path: uri, manifest_length: bytes, partition_spec_id: 0, content: 0 },
    ...{ sequence_number: sequenceNumber, min_sequence_number: added, added_snapshot_id: snapshotId },
    added_files_count: status === 'added' ? files : 0,
    existing_files_count: 0,
    deleted_files_count: status === 'deleted' ? files : 0,
    added_rows_count: status === 'added' ? count : 0,
    existing_rows_count: 0,
    deleted_rows_count: status === 'deleted' ? count : 0,
  }));
  const metadata = {
    ...{ 'snapshot-id': String(snapshotId), 'sequence-number': String(sequenceNumber), 'format-version': '2' },
    'parent-snapshot-id': String(parentId),
  };
  return avroFile(MANIFEST_FILE, metadata, rows);
}

function statistics(
  { columns }: Manifest,
  schema: IcebergSchema,
  { rows, stats }: { readonly rows: number; readonly stats: Readonly<Record<string, ColumnStats>> },
): object {
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
