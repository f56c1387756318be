import type { ColumnType } from '#lib/domain/dataset.ts';

/** Primitive EDM types (OData CSDL 4.01, section 3.3) as column types. */
const PRIMITIVE: Readonly<Record<string, ColumnType>> = {
  'Edm.String': 'string',
  'Edm.Boolean': 'boolean',
  'Edm.Byte': 'int32',
  'Edm.SByte': 'int32',
  'Edm.Int16': 'int32',
  'Edm.Int32': 'int32',
  'Edm.Int64': 'int64',
  'Edm.Single': 'double',
  'Edm.Double': 'double',
  'Edm.Decimal': 'decimal',
  'Edm.DateTimeOffset': 'dateTimeOffset',
  'Edm.Date': 'date',
  'Edm.TimeOfDay': 'timeOfDay',
  'Edm.Duration': 'duration',
  'Edm.Guid': 'guid',
  'Edm.Binary': 'binary',
};

/** Column type of an EDM type; null for streams, which a list never carries. Enums are their member names; all else is JSON. */
export function columnTypeOf(edmType: string, enumTypes: ReadonlyMap<string, unknown>): ColumnType | null {
  if (edmType === 'Edm.Stream') return null;
  return PRIMITIVE[edmType] ?? (enumTypes.has(edmType) ? 'string' : 'json');
}
