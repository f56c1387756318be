/** Deepest accepted nesting: documents of Graph and of Entrada have fewer than ten levels; recursive code can process thousands. */
export const JSON_DEPTH_MAX = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * Whether a JSON text nests arrays and objects deeper than `most`. For use before parsing: `JSON.parse` accepts any depth, and recursive
 * code over the value then overflows the stack. The result for text that is not JSON is undefined.
 */
export function isNestedDeeper(text: string, most = JSON_DEPTH_MAX): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

/** Position of the quote that ends the string which begins at `start`; the text's end when none does. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

/** As isNestedDeeper, of a value that is parsed already. */
export function isValueDeeper(value: unknown, most = JSON_DEPTH_MAX): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((member) => isValueDeeper(member, most - 1));
}

/** How deep arrays and objects of a JSON document are nested, 0 for a scalar: 1.5 ms a MB. Bytes that are not JSON give any number. */
export function nestingDepth(json: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = endOfStringIn(json, at);
    else if (OPENING.has(byte)) deepest = Math.max(deepest, ++depth);
    else if (CLOSING.has(byte)) depth--;
  }
  return deepest;
}

function endOfStringIn(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Distance of the bytes that `mayNestDeeply` checks, and the run of closing brackets that it searches. */
const STRIDE = 64;
const RUN = 32;

/**
 * Whether a document may be nested a hundred levels deep or more: it has 96 closing brackets in a row, or line breaks between them. Looks at one
 * byte in 64 (0.02 ms a MB), so that only what is suspicious has to be measured by `nestingDepth`. Values that close with other members in between
 * are not noticed.
 */
export function mayNestDeeply(json: Uint8Array): boolean {
  if (json.includes(LINE_FEED)) return true;
  for (let at = STRIDE - 1; at < json.length; at += STRIDE) {
    if (!CLOSING.has(json[at] ?? 0)) continue;
    let run = 1;
    while (run < RUN && CLOSING.has(json[at - run] ?? 0)) run++;
    if (run === RUN) return true;
  }
  return false;
}
