/** Names that Entrada's own columns of landed tables begin with. */
export const RESERVED_PREFIX = 'hdr__';

/** PostgreSQL cuts longer identifiers off without a word (NAMEDATALEN - 1). */
const BYTES_MAX = 63;

/** What is wrong with the name of a column beside `others`, in one sentence; null when nothing is. Names differ by more than case. */
export function columnNameProblem(name: string, others: readonly string[]): string | null {
  if (name.trim() === '') return 'A name is needed.';
  if (name !== name.trim()) return 'A name has no blanks at its ends.';
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > BYTES_MAX) return `A name has at most ${BYTES_MAX} bytes; this one has ${bytes}.`;
  if ([...name].some((character) => character < ' ' || character === '\u007f')) return 'A name has no control characters.';
  const lower = name.toLowerCase();
  if (lower.startsWith(RESERVED_PREFIX)) return `Names with ${RESERVED_PREFIX} are for Entrada's own columns.`;
  return others.some((other) => other.toLowerCase() === lower) ? `Another column is called ${name}.` : null;
}
