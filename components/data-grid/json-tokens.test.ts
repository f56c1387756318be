import { describe, expect, it } from 'vitest';
import { jsonTokens } from './json-tokens.ts';

describe('JSON tokens', () => {
  it('tell keys from strings, numbers and words', () => {
    expect(jsonTokens('{"a": "b", "n": -1.5e3, "t": [true, null]}').filter((token) => token.kind !== 'plain')).toEqual([
      { kind: 'key', text: '"a"' },
      { kind: 'string', text: '"b"' },
      { kind: 'key', text: '"n"' },
      { kind: 'number', text: '-1.5e3' },
      { kind: 'key', text: '"t"' },
      { kind: 'literal', text: 'true' },
      { kind: 'literal', text: 'null' },
    ]);
  });

  it.each(['{"a":"q\\"uote: {","b":[]}', 'not json "open', '', '{\n  "ü": "日本"\n}'])('lose and add nothing: %j', (text) => {
    expect(
      jsonTokens(text)
        .map((token) => token.text)
        .join(''),
    ).toBe(text);
  });
});
