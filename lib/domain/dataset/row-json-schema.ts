import { type Column, type ColumnType, type DatasetDefinition, landedColumns } from './dataset.ts';

/** JSON Schema (2020-12, Validation; formats of section 7.3) for the values of each column type. */
const VALUE = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
  int64: { type: 'integer' },
  double: { type: 'number' },
  decimal: { type: 'number' },
  dateTimeOffset: { type: 'string', format: 'date-time' },
  date: { type: 'string', format: 'date' },
  // The format `time` requires an offset (RFC 3339, full-time), which Edm.TimeOfDay does not have.
  timeOfDay: { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?$' },
  duration: { type: 'string', format: 'duration' },
  guid: { type: 'string', format: 'uuid' },
  binary: { type: 'string', contentEncoding: 'base64' },
  json: {},
} as const satisfies Record<ColumnType, { readonly type?: string; readonly [keyword: string]: unknown }>;

/** A JSON Schema (2020-12) for rows of datasets: one definition per dataset under `$defs`, with the selected columns. */
export function toJsonSchema(title: string, datasets: readonly DatasetDefinition[]): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    $defs: Object.fromEntries(datasets.map((dataset) => [dataset.name, rowSchema(dataset)])),
  };
}

function rowSchema({ title, description, columns }: DatasetDefinition): object {
  const chosen = landedColumns(columns);
  return {
    title,
    description,
    type: 'object',
    properties: Object.fromEntries(chosen.map((column) => [column.name, columnSchema(column)])),
    required: chosen.filter((column) => column.key).map(({ name }) => name),
    additionalProperties: false,
  };
}

function columnSchema(column: Column): object {
  const value: { readonly type?: string } = column.type === 'json' ? nestedType(column) : VALUE[column.type];
  const nullable = column.nullable && value.type !== undefined;
  return {
    ...(column.description === null ? {} : { description: column.description }),
    ...value,
    ...(nullable ? { type: [value.type, 'null'] } : {}),
    // Graph adds members to its enumerations, so values outside of the list are valid.
    ...(column.enumValues === null || column.type === 'json' ? {} : { examples: column.enumValues }),
  };
}

function nestedType({ edmType }: Column): { readonly type?: string } {
  if (edmType.startsWith('Collection(')) return { type: 'array' };
  return edmType === 'Edm.Untyped' ? {} : { type: 'object' };
}
