import type { Column } from '#lib/domain/dataset/dataset.ts';

/** Kinds of literals in `$filter` (OData 4.01 ABNF, `primitiveLiteral`). */
export type LiteralType = 'string' | 'boolean' | 'number' | 'guid' | 'dateTimeOffset' | 'date' | 'timeOfDay' | 'duration';

/** Directory limits (Graph doc "Use the $filter query parameter"): Graph refuses longer values, or more of them in one `in`. */
export const VALUE_CHARS_MAX = 120;
export const IN_VALUES_MAX = 15;

const SHAPES = {
  boolean: { pattern: /^(?:true|false)$/, words: 'true or false' },
  number: { pattern: /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/, words: 'a number' },
  guid: { pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, words: 'a GUID' },
  dateTimeOffset: {
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d)$/i,
    words: 'a time with its zone, such as 2026-11-01T00:00:00Z',
  },
  date: { pattern: /^\d{4}-\d\d-\d\d$/, words: 'a date, such as 2026-11-01' },
  timeOfDay: { pattern: /^\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?$/, words: 'a time of day, such as 08:30:00' },
  duration: { pattern: /^-?P(?=.)(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/, words: 'a duration, such as P30D' },
} as const satisfies Record<Exclude<LiteralType, 'string'>, { pattern: RegExp; words: string }>;

const EDM_LITERAL: Readonly<Record<string, LiteralType>> = {
  'Edm.Boolean': 'boolean',
  'Edm.Byte': 'number',
  'Edm.SByte': 'number',
  'Edm.Int16': 'number',
  'Edm.Int32': 'number',
  'Edm.Int64': 'number',
  'Edm.Single': 'number',
  'Edm.Double': 'number',
  'Edm.Decimal': 'number',
  'Edm.Guid': 'guid',
  'Edm.DateTimeOffset': 'dateTimeOffset',
  'Edm.Date': 'date',
  'Edm.TimeOfDay': 'timeOfDay',
  'Edm.Duration': 'duration',
};

/** Type of the items of `Collection(…)`, the type itself otherwise. */
function itemType(edmType: string): string {
  return /^Collection\((.*)\)$/.exec(edmType)?.[1] ?? edmType;
}

/**
 * The literal type of a column's values in `$filter`. The EDM type decides, not the column type: most GUIDs of the directory are
 * `Edm.String` and need quotes, as do the names of enum members.
 */
export function literalTypeOf(column: Pick<Column, 'edmType'>): LiteralType {
  return EDM_LITERAL[itemType(column.edmType)] ?? 'string';
}

/** A value as a `$filter` literal: strings in single quotes, with inner quotes doubled (OData 4.01 URL conventions, section 5.1.1.14.1). */
export function writeLiteral(value: string, type: LiteralType): string {
  if (type === 'string') return `'${value.replaceAll("'", "''")}'`;
  return type === 'duration' ? `duration'${value}'` : value;
}

/** What is wrong with a value; null when it is valid. */
export function valueProblem(value: string, type: LiteralType): string | null {
  if (value.length > VALUE_CHARS_MAX) return `Graph takes at most ${VALUE_CHARS_MAX} characters.`;
  if (type === 'string') return null;
  if (value === '') return 'Enter a value.';
  return SHAPES[type].pattern.test(value) ? null : `Enter ${SHAPES[type].words}.`;
}
