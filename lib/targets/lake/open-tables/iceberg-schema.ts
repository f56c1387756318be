import { z } from 'zod';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';

/** A schema of an Iceberg table (specification, "Schemas and Data Types" and appendix C). */
export const IcebergSchema = z.looseObject({
  type: z.literal('struct'),
  'schema-id': z.number(),
  fields: z.array(z.looseObject({ id: z.number(), name: z.string(), required: z.boolean(), type: z.unknown() })),
});
export type IcebergSchema = z.infer<typeof IcebergSchema>;

const ICEBERG_TYPE = {
  string: 'string',
  boolean: 'boolean',
  int32: 'int',
  int64: 'long',
  double: 'double',
  decimal: 'string',
  dateTimeOffset: 'timestamptz',
  date: 'date',
  timeOfDay: 'string',
  duration: 'string',
  guid: 'string',
  binary: 'binary',
  json: 'string',
} satisfies Record<ColumnType, string>;

export interface NextSchema {
  readonly schema: IcebergSchema;
  readonly lastColumnId: number;
  /** Whether the table does not have this schema yet. */
  readonly isNew: boolean;
}

/**
 * The schema with these columns. A column keeps its id as long as its type stays or is promoted (int to long; specification, "Schema Evolution"),
 * under a new name as well; an id is never reused for another column, since it identifies columns in files of older snapshots.
 * @param renamed new names by the old ones
 */
export function nextSchema(
  columns: readonly { readonly name: string; readonly type: ColumnType }[],
  before: { readonly schemas: readonly IcebergSchema[]; readonly current: number; readonly lastColumnId: number } | null,
  renamed: ReadonlyMap<string, string> = new Map(),
): NextSchema {
  const current = before?.schemas.find((schema) => schema['schema-id'] === before.current);
  let lastColumnId = before?.lastColumnId ?? 0;
  const fields = columns.map(({ name, type }) => {
    const wanted = ICEBERG_TYPE[type];
    const known =
      current?.fields.find((field) => field.name === name && isPromoted(field.type, wanted)) ??
      current?.fields.find((field) => renamed.get(field.name) === name && isPromoted(field.type, wanted));
    return { id: known?.id ?? ++lastColumnId, name, required: false, type: wanted };
  });
  if (current !== undefined && isSame(current, fields)) return { schema: current, lastColumnId, isNew: false };
  const id = before === null ? 0 : Math.max(...before.schemas.map((schema) => schema['schema-id'])) + 1;
  return { schema: { type: 'struct', 'schema-id': id, fields }, lastColumnId, isNew: true };
}

function isPromoted(from: unknown, to: string): boolean {
  return from === to || (from === 'int' && to === 'long');
}

function isSame(
  schema: IcebergSchema,
  fields: readonly { readonly id: number; readonly name: string; readonly type: string }[],
): boolean {
  return (
    schema.fields.length === fields.length &&
    schema.fields.every(
      ({ id, name, type }, index) => id === fields[index]?.id && name === fields[index]?.name && type === fields[index]?.type,
    )
  );
}
