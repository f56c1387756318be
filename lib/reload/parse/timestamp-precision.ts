import type { Column } from '#lib/domain/dataset/dataset.ts';
import { truncatedColumns, truncationNote } from '#lib/domain/run/truncation-note.ts';
import { parseSourcePath } from './source-path.ts';

/** Length of the checked part of a page: some dozens of rows, in microseconds. */
const LOOKED_AT_BYTES = 64 << 10;
/** A property with a time whose seventh fractional digit counts. */
const SEVENTH_DIGIT = /"([^"\\]+)":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[1-9]/g;

/** Columns of times that have a seventh fractional digit (100 ns) at the beginning of the page; no target's time type holds it. */
export function findTruncatedColumns(columns: readonly Column[], page: Uint8Array): readonly string[] {
  const times = columns.filter((column) => column.type === 'dateTimeOffset');
  if (times.length === 0) return [];
  const text = Buffer.from(page.buffer, page.byteOffset, Math.min(page.byteLength, LOOKED_AT_BYTES)).toString('latin1');
  const found = new Set([...text.matchAll(SEVENTH_DIGIT)].map(([, name]) => name));
  return times.filter((column) => found.has(parseSourcePath(column.sourcePath).at(-1) ?? '')).map(({ name }) => name);
}

/** The notes with one that names these columns, and those that it named before: nothing is cut off silently. */
export function withTruncationNote(notes: readonly string[], columns: readonly string[]): readonly string[] {
  if (columns.length === 0) return notes;
  const known = notes.flatMap((note) => truncatedColumns(note) ?? []);
  const note = truncationNote([...new Set([...known, ...columns])].sort());
  return [...notes.filter((other) => truncatedColumns(other) === null), note];
}
