import type { Column, ColumnType } from './dataset.ts';

/** Primitive EDM types (OData CSDL 4.01, section 3.3) as column types. */
export const COLUMN_TYPE_OF_EDM: Readonly<Record<string, ColumnType>> = {
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

/** Types that represent every value of a type without loss. Text represents all values as Graph writes them; a double does not represent int64. */
const WIDER = {
  string: [],
  boolean: ['string'],
  int32: ['int64', 'decimal', 'double', 'string'],
  int64: ['decimal', 'string'],
  double: ['string'],
  decimal: ['string'],
  dateTimeOffset: ['string'],
  date: ['string'],
  timeOfDay: ['string'],
  duration: ['string'],
  guid: ['string'],
  binary: ['string'],
  json: ['string'],
} as const satisfies Record<ColumnType, readonly ColumnType[]>;

/** The type according to $metadata, without a person's choice. Enums are text (member names); complex types and collections are JSON. */
export function naturalTypeOf({ edmType, enumValues }: Pick<Column, 'edmType' | 'enumValues'>): ColumnType {
  return COLUMN_TYPE_OF_EDM[edmType] ?? (enumValues === null || edmType.startsWith('Collection(') ? 'json' : 'string');
}

/** Types that a person may choose for a column: the natural one, and those that represent all of its values. Includes the present type. */
export function typeChoices(column: Pick<Column, 'edmType' | 'enumValues' | 'type'>): readonly ColumnType[] {
  const natural = naturalTypeOf(column);
  const sound: readonly ColumnType[] = [natural, ...WIDER[natural]];
  return sound.includes(column.type) ? sound : [column.type, ...sound];
}
