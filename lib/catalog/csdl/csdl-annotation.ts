import type { CsdlValue } from './csdl-model.ts';

type Attributes = Readonly<Record<string, string>>;

/** Constant expressions as attributes (OData CSDL XML 4.01, section 14.3) that need no more than their text. */
const TEXT = [
  'String',
  'EnumMember',
  'PropertyPath',
  'NavigationPropertyPath',
  'AnnotationPath',
  'Path',
  'Date',
  'DateTimeOffset',
  'Guid',
];
const NUMBERS = ['Int', 'Decimal', 'Float'];

/** The expression that an element carries in its attributes; null when there is none, so that it follows as a child. */
export function attributeValue(attributes: Attributes): CsdlValue | null {
  for (const name of TEXT) if (attributes[name] !== undefined) return attributes[name];
  if (attributes['Bool'] !== undefined) return attributes['Bool'] === 'true';
  for (const name of NUMBERS) if (attributes[name] !== undefined) return Number(attributes[name]);
  return null;
}

/** The expression that is the text of an element such as `<String>…</String>`; null for elements that are none. */
export function elementValue(name: string, text: string): CsdlValue | null {
  if (TEXT.includes(name)) return text;
  if (name === 'Bool') return text === 'true';
  return NUMBERS.includes(name) ? Number(text) : null;
}

/** Whether `elementValue` understands the element. */
export function isConstant(name: string): boolean {
  return name === 'Bool' || TEXT.includes(name) || NUMBERS.includes(name);
}
