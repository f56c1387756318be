/** Prefix of the header columns: Entrada's columns in landed tables. */
export const RESERVED_PREFIX = 'hdr__';

/** PostgreSQL truncates longer identifiers silently (NAMEDATALEN - 1). */
const BYTES_MAX = 63;

/** What is wrong with the name of a column among `others`, in one sentence; null when it is valid. Names must differ by more than case. */
export function columnNameProblem(name: string, others: readonly string[]): string | null {
  if (name.trim() === '') return 'Enter a name.';
  if (name !== name.trim()) return 'Remove the blanks before and after the name.';
  const bytes = byteLength(name);
  if (bytes > BYTES_MAX) return `A name has at most ${BYTES_MAX} bytes; this one has ${bytes}.`;
  if ([...name].some(isControl)) return 'Remove the control characters from the name.';
  const lower = name.toLowerCase();
  if (lower.startsWith(RESERVED_PREFIX))
    return `Names that start with ${RESERVED_PREFIX} are reserved for Entrada's own columns.`;
  return others.some((other) => other.toLowerCase() === lower) ? `Another column already has the name ${name}.` : null;
}

/**
 * A valid column name for a property, deterministic: invalid characters are replaced, and a name that is too long ends in a hash of the
 * whole, since many long names (`extension_{app id}_…`) have the same beginning.
 */
export function legalColumnName(property: string): string {
  const printable = [...property.toWellFormed()].map((character) => (isControl(character) ? '_' : character)).join('');
  const trimmed = printable.trim() === '' ? 'column' : printable.trim();
  const name = trimmed.toLowerCase().startsWith(RESERVED_PREFIX) ? `_${trimmed}` : trimmed;
  return byteLength(name) <= BYTES_MAX ? name : withEnd(name, `_${hashOf(property)}`);
}

/** A name that no column has, compared case-insensitively. Adds it to `taken`. */
export function uniqueName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = withEnd(wanted, `_${number}`);
  taken.add(name.toLowerCase());
  return name;
}

/** `oauth2PermissionScopes` and `api.appRoles` as parts of a table's name. */
export function snakeCase(name: string): string {
  return name
    .replaceAll('.', '_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_');
}

/** `users` -> `user`, `access_package_policies` -> `access_package_policy`. */
export function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (/(ses|xes|ches)$/.test(name) && !name.endsWith('uses')) return name.slice(0, -2);
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name;
}

/** Column of a child dataset with a property of the object that an item belongs to: `sign_in_created_date_time`. */
export function ownerColumnName(dataset: string, property: string): string {
  return legalColumnName(`${singular(dataset)}_${snakeCase(property)}`);
}

/** The name with this suffix, truncated before it to the maximum length at a character boundary. */
function withEnd(name: string, end: string): string {
  const characters = [...name];
  while (byteLength(characters.join('') + end) > BYTES_MAX) characters.pop();
  return characters.join('') + end;
}

/** FNV-1a of the UTF-8 bytes, 32 bits, as 8 hexadecimal digits. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function isControl(character: string): boolean {
  return character < ' ' || character === '\u007f';
}
