const NUL_ESCAPE = Buffer.from('\\u0000');

export interface RepairedPage {
  readonly body: Uint8Array;
  /** Characters that were replaced by U+FFFD. */
  readonly replaced: number;
}

/** Whether the page holds (or may hold) a NUL character, which PostgreSQL can't store in text or jsonb. */
export function mayHoldNul(body: Uint8Array): boolean {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(NUL_ESCAPE);
}

/**
 * The page with NUL characters, halves of surrogate pairs and bytes that aren't UTF-8 replaced by U+FFFD: no target takes those.
 * Slow (it parses in JavaScript), so it is for pages that need it. Numbers keep their digits.
 * Null when the page isn't JSON at all.
 */
export function repairPage(body: Uint8Array): RepairedPage | null {
  const text = new TextDecoder('utf-8').decode(body);
  let replaced = isUtf8(body) ? 0 : count(text, '\ufffd');
  const clean = (value: string): string => {
    const wellFormed = value.toWellFormed();
    const result = wellFormed.replaceAll('\0', '\ufffd');
    if (result !== value) replaced += count(result, '\ufffd') - count(value, '\ufffd');
    return result;
  };
  try {
    const value: unknown = parseWithSource(text, clean);
    return { body: Buffer.from(JSON.stringify(value)), replaced };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

interface ReviverContext {
  readonly source?: string;
}

/** `JSON.parse` with the digits of every number kept (ECMAScript "JSON.parse source text access": `context.source`, `JSON.rawJSON`). */
function parseWithSource(text: string, clean: (value: string) => string): unknown {
  const json = JSON as unknown as {
    parse(text: string, reviver: (key: string, value: unknown, context: ReviverContext) => unknown): unknown;
    rawJSON(text: string): unknown;
  };
  return json.parse(text, (_key, value, context) => {
    if (typeof value === 'string') return clean(value);
    if (typeof value === 'number' && context.source !== undefined) return json.rawJSON(context.source);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).some(isDirty)) {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clean(name), inner]));
    }
    return value;
  });
}

function isDirty(name: string): boolean {
  return name.includes('\0') || !name.isWellFormed();
}

function isUtf8(body: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return true;
  } catch {
    return false;
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
