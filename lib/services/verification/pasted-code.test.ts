import { expect, test } from 'vitest';
import { PASTE_MAX_CHARS } from '#lib/domain/connection/connection.ts';
import { readPastedCode } from './pasted-code.ts';

const CODE = `1.AXoAc-${'aB3_'.repeat(200)}.mZ!~*`;
const ADDRESS = 'http://localhost:3000/auth/oauth/code';
const wrapped = (line: number, gap: string) => CODE.match(new RegExp(`.{1,${line}}`, 'g'))?.join(gap) ?? '';

test.each([
  ['bare', CODE],
  ['with spaces and line breaks around it', `\r\n  ${CODE}\t \n`],
  ['in double quotes', `"${CODE}"`],
  ['in single quotes', `'${CODE}'`],
  ['in typographic quotes', `\u201c${CODE}\u201d`],
  ['in back quotes', `\`${CODE}\``],
  ['in angle brackets', `<${CODE}>`],
  ['broken into lines', wrapped(76, '\r\n')],
  ['broken into lines that are indented', wrapped(76, '\n    ')],
  ['broken by spaces', wrapped(60, ' ')],
  ['with invisible characters', wrapped(100, '\u200b')],
  ['as a whole address', `${ADDRESS}?code=${CODE}&session_state=x`],
  ['as an address broken into lines', `${ADDRESS}?code=${wrapped(70, '\n')}&session_state=x`],
  ['as an address broken by spaces', `${ADDRESS}?code=${wrapped(70, ' ')}`],
  ['as an address in quotes', `"${ADDRESS}?code=${CODE}"`],
  ['as an address with everything percent-encoded', `${ADDRESS}?code=${encodeURIComponent(CODE).replaceAll('!', '%21')}`],
  ['as the query alone', `?code=${CODE}&session_state=x`],
  ['with what follows it in the address', `${CODE}&session_state=x#`],
  ['with the end of the address', `${CODE}#`],
  ['as code=…', `code=${CODE}`],
])('a code %s is read', (_, pasted) => {
  expect(readPastedCode(pasted)).toEqual({ kind: 'code', code: CODE, state: null });
});

test('an address also says which sign-in it answers, or why there is no code', () => {
  expect(readPastedCode(`${ADDRESS}?code=${CODE}&state=abc`)).toEqual({ kind: 'code', code: CODE, state: 'abc' });
  expect(readPastedCode(`${ADDRESS}?error=access_denied&error_description=AADSTS65004%3A+No.`)).toMatchObject({
    kind: 'refusal',
    error: 'access_denied',
  });
});

test('a code as long as a paste may be is read', () => {
  const code = 'x'.repeat(PASTE_MAX_CHARS);
  expect(readPastedCode(code)).toEqual({ kind: 'code', code, state: null });
});

test.each([
  'hello',
  'this sentence is long enough to be a code once its spaces are gone',
  `${ADDRESS}?state=x`,
  `${ADDRESS}`,
  'https://',
  `<html><body>${CODE}</body></html>`,
])('%s is no code', (pasted) => {
  expect(readPastedCode(pasted)).toEqual({ kind: 'unreadable' });
});

test.each(['', '  \n', '""', '\u200b'])('nothing stays nothing', (pasted) => {
  expect(readPastedCode(pasted)).toEqual({ kind: 'empty' });
});
