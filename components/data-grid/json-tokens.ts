/** A piece of JSON text and what it is, for colouring. Concatenated, the texts give the input. */
export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'literal' | 'plain';
  readonly text: string;
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Splits JSON text into tokens; text that isn't JSON comes back whole as `plain`. */
export function jsonTokens(json: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  let end = 0;
  const add = (kind: JsonToken['kind'], text: string) => {
    if (text !== '') tokens.push({ kind, text });
  };
  for (const match of json.matchAll(TOKEN)) {
    add('plain', json.slice(end, match.index));
    end = match.index + match[0].length;
    const [whole, quoted, colon, number] = match;
    if (quoted === undefined) add(number === undefined ? 'literal' : 'number', whole);
    else {
      add(colon === undefined ? 'string' : 'key', quoted);
      add('plain', colon ?? '');
    }
  }
  add('plain', json.slice(end));
  return tokens;
}
