import { truncatedAnswer } from './answer-problems.ts';

// A scanner of JSON documents that stay bytes: it finds the spans of members, items and values without building them. Strict: a truncated
// answer is an error here, before any row of it counts. `lib/reload/parse/json/page-members.ts` scans staged pages leniently: what is no JSON
// there is left as it is, and DuckDB's parser reports it with its place.
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;

/** From the first byte, inclusive, to the last, exclusive. */
export interface ByteSpan {
  readonly from: number;
  readonly to: number;
}

/** Offset of the document, after a byte order mark and white space. */
export function documentStart(body: Uint8Array): number {
  return skipWhitespace(body, body[0] === 0xef ? 3 : 0);
}

/**
 * Calls `onMember` for each member of the object at `at`, in document order, until it returns false.
 * @returns the offset after the object, or null when `onMember` returned false.
 * @throws RemoteError `truncated-answer` when the document is truncated, or there is no object.
 */
export function eachMember(body: Uint8Array, at: number, onMember: (key: string, value: ByteSpan) => boolean): number | null {
  if (body[at] !== BRACE) throw truncatedAnswer('is not a JSON object');
  let next = skipWhitespace(body, at + 1);
  while (body[next] !== BRACE_END) {
    const keyEnd = endOfString(body, next);
    const key = textAt(body, { from: next, to: keyEnd });
    const colon = skipWhitespace(body, keyEnd);
    if (body[colon] !== COLON) throw truncatedAnswer('ends in the middle');
    const from = skipWhitespace(body, colon + 1);
    const to = endOfValue(body, from);
    if (!onMember(key, { from, to })) return null;
    next = afterComma(body, to, BRACE_END);
  }
  return next + 1;
}

/** Calls `onItem` for each item of the array at `at`. @returns the offset after the array. @throws as eachMember. */
export function eachItem(body: Uint8Array, at: number, onItem: (item: ByteSpan) => void): number {
  if (body[at] !== BRACKET) throw truncatedAnswer('has no array where Graph documents one');
  let next = skipWhitespace(body, at + 1);
  while (body[next] !== BRACKET_END) {
    const to = endOfValue(body, next);
    onItem({ from: next, to });
    next = afterComma(body, to, BRACKET_END);
  }
  return next + 1;
}

/** Builds the value of a span. */
export function valueAt(body: Uint8Array, { from, to }: ByteSpan): unknown {
  return JSON.parse(Buffer.from(body.buffer, body.byteOffset + from, to - from).toString('utf8'));
}

function textAt(body: Uint8Array, span: ByteSpan): string {
  // Keys rarely have escapes; such keys are parsed.
  const text = Buffer.from(body.buffer, body.byteOffset + span.from + 1, span.to - span.from - 2).toString('utf8');
  return text.includes('\\') ? (valueAt(body, span) as string) : text;
}

function afterComma(body: Uint8Array, at: number, end: number): number {
  const next = skipWhitespace(body, at);
  if (body[next] === COMMA) return skipWhitespace(body, next + 1);
  if (body[next] !== end) throw truncatedAnswer('ends in the middle');
  return next;
}

/** @returns the offset of the first byte from `from` that is not white space (RFC 8259, section 2). */
export function skipWhitespace(body: Uint8Array, from: number): number {
  let at = from;
  for (let byte = body[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = body[at]) at++;
  return at;
}

/** @param from offset of the opening quote. @returns the offset after the closing quote. */
function endOfString(body: Uint8Array, from: number): number {
  if (body[from] !== QUOTE) throw truncatedAnswer('ends in the middle');
  for (let at = from + 1; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  throw truncatedAnswer('ends in the middle');
}

function endOfValue(body: Uint8Array, from: number): number {
  const first = body[from];
  if (first === QUOTE) return endOfString(body, from);
  if (first !== BRACE && first !== BRACKET) return endOfScalar(body, from);
  let depth = 0;
  for (let at = from; at < body.length; ) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = endOfString(body, at);
      continue;
    }
    at++;
    if (byte === BRACE || byte === BRACKET) depth++;
    else if ((byte === BRACE_END || byte === BRACKET_END) && --depth === 0) return at;
  }
  throw truncatedAnswer('ends in the middle');
}

function endOfScalar(body: Uint8Array, from: number): number {
  let at = from;
  for (; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === COMMA || byte === BRACE_END || byte === BRACKET_END || byte <= 0x20) break;
  }
  if (at === from || at === body.length) throw truncatedAnswer('ends in the middle');
  return at;
}
