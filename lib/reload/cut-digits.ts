import type { Column } from '#lib/domain/dataset.ts';
import { parseSourcePath } from './source-path.ts';

/** How much of a page is looked at: some dozens of rows, in microseconds. */
const LOOKED_AT_BYTES = 64 << 10;
/** A property with a time whose seventh fractional digit counts. */
const SEVENTH_DIGIT = /"([^"\\]+)":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[1-9]/g;

/**
 * What to say of a page whose times have a seventh fractional digit (100 ns), which no target's time type holds; null when none is seen at
 * its beginning. Nothing is cut off silently, and who needs the digit is told how to keep it.
 */
export function noteCutDigits(columns: readonly Column[], page: Uint8Array): string | null {
  const times = columns.filter((column) => column.type === 'dateTimeOffset');
  if (times.length === 0) return null;
  const text = Buffer.from(page.buffer, page.byteOffset, Math.min(page.byteLength, LOOKED_AT_BYTES)).toString('latin1');
  const found = new Set([...text.matchAll(SEVENTH_DIGIT)].map(([, name]) => name));
  const cut = times.filter((column) => found.has(parseSourcePath(column.sourcePath).at(-1) ?? '')).map(({ name }) => name);
  if (cut.length === 0) return null;
  return `Graph sends ${cut.join(', ')} with 7 fractional digits; 6 are kept. With the type string the column keeps them all.`;
}
