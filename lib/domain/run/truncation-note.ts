/** Graph writes times with seven fractional digits (100 ns); the time types of targets hold six. */
const SUFFIX = ' with 7 fractional digits; 6 are kept. With the type string the column keeps them all.';
const PREFIX = 'Graph sends ';

/** The note on a dataset with columns of these names that were truncated to microseconds. */
export function truncationNote(columns: readonly string[]): string {
  return `${PREFIX}${columns.join(', ')}${SUFFIX}`;
}

/** The columns that the note names; null for any other note. */
export function truncatedColumns(note: string): readonly string[] | null {
  if (!note.startsWith(PREFIX) || !note.endsWith(SUFFIX)) return null;
  return note.slice(PREFIX.length, -SUFFIX.length).split(', ');
}
