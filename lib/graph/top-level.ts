import { RemoteError } from '#lib/platform/errors.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);
const WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Reads string and number members of the outermost object of a JSON document without building the rest: a page's links, of rows that
 * stay bytes. Stops as soon as all of `names` are found.
 * @throws RemoteError `truncated-answer` when the document ends in the middle.
 */
export function readTopLevel(body: Uint8Array, names: ReadonlySet<string>): ReadonlyMap<string, string | number> {
  const found = new Map<string, string | number>();
  let at = skipWhitespace(body, body[0] === 0xef ? 3 : 0);
  if (body[at] !== 0x7b) throw truncated('is not a JSON object');
  at = skipWhitespace(body, at + 1);
  while (body[at] !== 0x7d) {
    const keyEnd = endOfString(body, at);
    const key = text(body, at, keyEnd);
    const valueAt = skipWhitespace(body, skipWhitespace(body, keyEnd) + 1);
    const valueEnd = endOfValue(body, valueAt);
    if (names.has(key)) {
      const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset + valueAt, valueEnd - valueAt).toString('utf8'));
      if (typeof value === 'string' || typeof value === 'number') found.set(key, value);
      if (found.size === names.size) return found;
    }
    at = skipWhitespace(body, valueEnd);
    if (body[at] === 0x2c) at = skipWhitespace(body, at + 1);
    else if (body[at] !== 0x7d) throw truncated('ends in the middle');
  }
  return found;
}

function text(body: Uint8Array, from: number, to: number): string {
  return JSON.parse(Buffer.from(body.buffer, body.byteOffset + from, to - from).toString('utf8')) as string;
}

function skipWhitespace(body: Uint8Array, from: number): number {
  let at = from;
  while (WHITESPACE.has(body[at] ?? 0)) at++;
  return at;
}

/** `from` is at the opening quote; returns the place after the closing one. */
function endOfString(body: Uint8Array, from: number): number {
  if (body[from] !== QUOTE) throw truncated('ends in the middle');
  for (let at = body.indexOf(QUOTE, from + 1); at >= 0; at = body.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (body[at - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  throw truncated('ends in the middle');
}

function endOfValue(body: Uint8Array, from: number): number {
  if (body[from] === QUOTE) return endOfString(body, from);
  if (!OPEN.has(body[from] ?? 0)) return endOfScalar(body, from);
  let depth = 0;
  for (let at = from; at < body.length; ) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) {
      at = endOfString(body, at);
      continue;
    }
    if (OPEN.has(byte)) depth++;
    else if (CLOSE.has(byte) && --depth === 0) return at + 1;
    at++;
  }
  throw truncated('ends in the middle');
}

function endOfScalar(body: Uint8Array, from: number): number {
  let at = from;
  while (at < body.length && body[at] !== 0x2c && body[at] !== 0x7d && !WHITESPACE.has(body[at] ?? 0)) at++;
  if (at === from || at === body.length) throw truncated('ends in the middle');
  return at;
}

function truncated(how: string): RemoteError {
  return new RemoteError(
    { code: 'truncated-answer', title: `An answer of Graph ${how}.`, remedy: 'Entrada asks again by itself.', fixer: 'operator' },
    { retry: 'backoff' },
  );
}
