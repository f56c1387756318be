import { randomBytes } from 'node:crypto';
import avro from 'avsc';

/**
 * An Avro object container file (Apache Avro specification 1.11, "Object Container Files"), without compression, in one block. The header
 * contains the schema as given: Iceberg's field ids are attributes that an encoder would omit.
 */
export function avroFile(schema: object, metadata: Readonly<Record<string, string>>, records: readonly object[]): Buffer {
  const type = avro.Type.forSchema(schema as avro.Schema);
  const sync = randomBytes(16);
  const header = { ...metadata, 'avro.schema': JSON.stringify(schema), 'avro.codec': 'null' };
  const body = Buffer.concat(records.map((record) => type.toBuffer(record)));
  return Buffer.concat([
    Buffer.from('Obj\x01', 'latin1'),
    META.toBuffer(Object.fromEntries(Object.entries(header).map(([key, value]) => [key, Buffer.from(value)]))),
    sync,
    LONG.toBuffer(records.length),
    LONG.toBuffer(body.byteLength),
    body,
    sync,
  ]);
}

const META = avro.Type.forSchema({ type: 'map', values: 'bytes' });
const LONG = avro.Type.forSchema('long');
