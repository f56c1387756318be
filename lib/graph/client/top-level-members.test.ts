import { expect, test } from 'vitest';
import { readTopLevelMembers } from './top-level-members.ts';

const NAMES = new Set(['@odata.nextLink']);
const read = (text: string) => readTopLevelMembers(Buffer.from(text), NAMES).get('@odata.nextLink');

test.each([
  ['{"@odata.nextLink":"https://g/1","value":[]}', 'https://g/1'],
  ['{"value":[{"@odata.nextLink":"https://evil/"}],"@odata.nextLink":"https://g/2"}', 'https://g/2'],
  ['{"value":[{"a":"\\"@odata.nextLink\\":\\"https://evil/\\""}]}', undefined],
  ['{"value":[{"a":"}]}\\\\"}],"@odata.nextLink":"https://g/3"}', 'https://g/3'],
  [' \n{ "a" : -1.5e3 , "b" : null , "@odata.nextLink" : "https:\\/\\/g\\/4\\u0026x" }', 'https://g/4&x'],
  ['\uFEFF{"n":"日本語 🌿","@odata.nextLink":"https://g/5"}', 'https://g/5'],
  ['{}', undefined],
])('%s', (text, expected) => {
  expect(read(text)).toBe(expected);
});

test('a document that ends anywhere in the middle is refused, never read as the last page', () => {
  const whole = '{"value":[{"id":"1","n":[1,{"x":"\\""}]},{"id":"2"}],"flag":true,"@odata.nextLink":"https://g/1"}';
  for (let end = 0; end < whole.length - 1; end++) {
    expect(() => read(whole.slice(0, end)), whole.slice(0, end)).toThrow(/truncated-answer/);
  }
});

test.each(['[]', '"text"', '<html></html>', ''])('%s is no page', (text) => {
  expect(() => read(text)).toThrow(/truncated-answer/);
});
