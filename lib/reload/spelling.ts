import type { Column } from '#lib/domain/dataset.ts';
import { parseSourcePath } from './source-path.ts';

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);

/**
 * The columns as the rows of these pages spell them: Graph's payload may differ in case from $metadata (`Manufacturer` of devices), while
 * the parser wants names exactly. Only the first row is looked at: the rows of a collection are spelt alike.
 */
export function respell(columns: readonly Column[], pages: readonly Uint8Array[]): readonly Column[] {
  let names: readonly string[] = [];
  for (let at = 0; at < pages.length && names.length === 0; at++) names = firstRowNames(pages[at] ?? new Uint8Array());
  const exact = new Set(names);
  const byLower = new Map(names.map((name) => [name.toLowerCase(), name]));
  let changed = false;
  const respelt = columns.map((column) => {
    const [top = ''] = parseSourcePath(column.sourcePath);
    const name = top.replace(/\[\]$/, '');
    const actual = exact.has(name) ? undefined : byLower.get(name.toLowerCase());
    if (actual === undefined) return column;
    changed = true;
    return { ...column, sourcePath: actual + column.sourcePath.slice(name.length) };
  });
  return changed ? respelt : columns;
}

/** Names of the properties of the first row of `value`; none when the page has no row, or isn't one (the parser says so later). */
export function firstRowNames(body: Uint8Array): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  let inValue = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) {
      const end = endOfString(body, at);
      if (end < 0) return names;
      // In the document 1, in the list 2, in a row 3.
      if ((depth === 1 || (inValue && depth === 3)) && isName(body, end)) {
        const name = textOf(body, at, end);
        if (depth === 1) inValue = name === 'value';
        else names.push(name);
      }
      at = end - 1;
    } else if (OPEN.has(byte)) depth++;
    else if (CLOSE.has(byte) && --depth === 2 && inValue) return names;
  }
  return names;
}

/** Place after the closing quote of the string that opens at `from`; -1 when there is none. */
function endOfString(body: Uint8Array, from: number): number {
  for (let at = body.indexOf(QUOTE, from + 1); at >= 0; at = body.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (body[at - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  return -1;
}

function isName(body: Uint8Array, from: number): boolean {
  let at = from;
  while ((body[at] ?? 0) <= 0x20 && at < body.length) at++;
  return body[at] === COLON;
}

function textOf(body: Uint8Array, from: number, to: number): string {
  const text = Buffer.from(body.buffer, body.byteOffset + from + 1, to - from - 2).toString('utf8');
  return text.includes('\\') ? unescaped(text) : text;
}

/** A string that JSON can't read ends the page later; here it is no name. */
function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
