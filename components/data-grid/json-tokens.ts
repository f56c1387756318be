/** A token of JSON text with its kind, for colouring. Concatenated, the texts equal the input. */
export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'literal' | 'plain';
  readonly text: string;
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Splits JSON text into tokens; other text is returned whole as `plain`. */
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
