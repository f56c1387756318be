import { randomBytes } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import avro from 'avsc';

const MAGIC = Buffer.from('Obj\x01', 'latin1');
const SYNC_BYTES = 16;
const META = avro.Type.forSchema({ type: 'map', values: 'bytes' });
const LONG = avro.Type.forSchema('long');

/**
 * An Avro object container file (Apache Avro specification 1.11, "Object Container Files"), without compression, in one block. The header
 * contains the schema as given: Iceberg's field ids are attributes that an encoder would omit.
 */
export function avroFile(schema: object, metadata: Readonly<Record<string, string>>, records: readonly object[]): Buffer {
  const type = avro.Type.forSchema(schema as avro.Schema);
  const sync = randomBytes(SYNC_BYTES);
  const header = { ...metadata, 'avro.schema': JSON.stringify(schema), 'avro.codec': 'null' };
  const body = Buffer.concat(records.map((record) => type.toBuffer(record)));
  return Buffer.concat([
    MAGIC,
    META.toBuffer(Object.fromEntries(Object.entries(header).map(([key, value]) => [key, Buffer.from(value)]))),
    sync,
    LONG.toBuffer(records.length),
    LONG.toBuffer(body.byteLength),
    body,
    sync,
  ]);
}

/** The records of an Avro object container file, by the schema that it was written with. @throws Error for a codec that Iceberg does not write by default. */
export function readAvro(file: Buffer): readonly unknown[] {
  if (!file.subarray(0, MAGIC.byteLength).equals(MAGIC)) throw new Error('not an Avro object container file');
  const header = take(META, file, MAGIC.byteLength);
  const metadata = header.value as Readonly<Record<string, Buffer>>;
  const codec = metadata['avro.codec']?.toString() ?? 'null';
  if (codec !== 'null' && codec !== 'deflate') throw new Error(`Avro codec ${codec}`);
  const type = avro.Type.forSchema(JSON.parse(metadata['avro.schema']?.toString() ?? '') as avro.Schema);
  const records: unknown[] = [];
  for (let at = header.end + SYNC_BYTES; at < file.byteLength; ) {
    const count = take(LONG, file, at);
    const size = take(LONG, file, count.end);
    const end = size.end + Number(size.value);
    const stored = file.subarray(size.end, end);
    const block = codec === 'deflate' ? inflateRawSync(stored) : stored;
    for (let from = 0, left = Number(count.value); left > 0; left--) {
      const record = take(type, block, from);
      records.push(record.value);
      from = record.end;
    }
    at = end + SYNC_BYTES;
  }
  return records;
}

function take(type: avro.Type, buffer: Buffer, at: number): { readonly value: unknown; readonly end: number } {
  const { value, offset } = type.decode(buffer, at) as { value: unknown; offset: number };
  if (offset < 0) throw new Error('the Avro file is cut off');
  return { value, end: offset };
}
